package dev.belfry.wire;

import dev.belfry.Position;
import dev.belfry.Topic;
import org.jspecify.annotations.Nullable;

/** What a request of the administration asks for: what stands in its path behind a resource, and in its query. */
public final class AdministrationRequest {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1_000;

    private final RequestTarget target;

    /** @param resource the path of the resource, such as {@code /api/topics} */
    public AdministrationRequest(RequestHead head, String resource) {
        target = new RequestTarget(head, resource);
    }

    /**
     * What stands behind the resource, decoded; null when nothing does.
     *
     * @throws Problem 400 when it is not well encoded
     */
    public @Nullable String rest() {
        return target.topicInPath();
    }

    /**
     * A topic that stands behind the resource, in front of an ending.
     *
     * @param ending what has to follow; may be empty
     * @throws Problem 400 when it is no topic, 404 when it is missing or something else follows
     */
    public Topic topic(String ending) {
        String rest = rest();
        if (rest == null || !rest.endsWith(ending) || rest.length() == ending.length()) {
            throw new Problem(404, "not-found", "this path names nothing");
        }
        return new Topic(rest.substring(0, rest.length() - ending.length()));
    }

    /** A parameter of the query; null when it is missing or empty. */
    public @Nullable String parameter(String name) {
        String value = target.parameter(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /**
     * How many entries a page has: 1 to 1,000, by default 100.
     *
     * @throws Problem 400 when it is anything else
     */
    public int limit() {
        String text = parameter("limit");
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        boolean isNumber = text.length() <= 4 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int limit = isNumber ? Integer.parseInt(text) : 0;
        if (limit < 1 || limit > MAX_LIMIT) {
            throw Problem.badRequest("invalid-limit", "limit is a number from 1 to " + MAX_LIMIT);
        }
        return limit;
    }

    /** A place in the log that a parameter names; null when it is missing. */
    public @Nullable Position position(String name) {
        String text = parameter(name);
        return text == null ? null : Position.parse(text);
    }
}
