package dev.belfry.wire;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the URL of a request says: the topic in its path, and the parameters of its query; those of its body count as well. */
public final class RequestTarget {
    private final String path;
    private final String endpoint;
    private final @Nullable String query;
    private final @Nullable String form;
    private @Nullable Map<String, List<String>> parameters;

    /**
     * Reads nothing yet.
     *
     * @param endpoint the path that requests to the endpoint begin with
     */
    public RequestTarget(RequestHead head, String endpoint) {
        path = head.path();
        query = head.query();
        form = head.form();
        this.endpoint = endpoint;
    }

    /**
     * What stands in the path behind the endpoint's own, decoded; null when nothing does.
     *
     * @throws Problem 400 when it is not well encoded, 404 when the endpoint's own path is spelled in another way
     */
    @Nullable
    String topicInPath() {
        if (path.equals(endpoint) || path.equals(endpoint + "/")) {
            return null;
        }
        if (!path.startsWith(endpoint + "/")) {
            // servers compare decoded segments, so the endpoint's own may be percent-encoded: its length would be
            // another
            throw new Problem(404, "not-found", "the endpoint is " + endpoint);
        }
        try {
            return PercentEncoding.decode(path.substring(endpoint.length() + 1), false);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-topic", "the topic in the path is not well percent-encoded");
        }
    }

    /** How many characters it has. */
    int length() {
        return path.length() + (query == null ? 0 : query.length()) + (form == null ? 0 : form.length());
    }

    /** All values of a query parameter, in order; a parameter without a value has an empty one. */
    public List<String> parameters(String name) {
        if (parameters == null) {
            Map<String, List<String>> parsed = new LinkedHashMap<>();
            parse(query, "query", parsed);
            parse(form, "body", parsed);
            parameters = parsed;
        }
        return parameters.getOrDefault(name, List.of());
    }

    /** The first value of a query parameter; null when it is missing. */
    @Nullable
    String parameter(String name) {
        List<String> values = parameters(name);
        return values.isEmpty() ? null : values.get(0);
    }

    private static void parse(@Nullable String text, String where, Map<String, List<String>> parameters) {
        if (text == null) {
            return;
        }
        try {
            Parameters.parse(text, parameters);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-query", "the " + where + " is not well percent-encoded");
        }
    }
}
