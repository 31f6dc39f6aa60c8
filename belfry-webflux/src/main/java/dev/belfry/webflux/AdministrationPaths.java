package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.http.HttpMethod;

/**
 * Where the administration is: beside the endpoint, and below it for what is about one event.
 *
 * @param endpoint the path of the endpoint
 * @param parent what is in front of its last segment; may be empty
 */
public record AdministrationPaths(String endpoint, String parent) {
    private static final String SUBSCRIBERS = "/subscribers";
    private static final String TOPICS = "/topics";
    private static final String REACH = "/reach";

    enum Kind {
        SUBSCRIBERS,
        TOPICS,
        REACH
    }

    /** What a path is about. */
    record Resource(Kind kind, String path, Set<HttpMethod> methods) {
        String allow() {
            return methods.stream().map(HttpMethod::name).sorted().collect(Collectors.joining(", "));
        }
    }

    /** Beside an endpoint. */
    public static AdministrationPaths beside(String endpoint) {
        return new AdministrationPaths(endpoint, endpoint.substring(0, endpoint.lastIndexOf('/')));
    }

    /** The patterns of all paths, as Spring has them. */
    public List<String> patterns() {
        return List.of(
                parent + SUBSCRIBERS,
                parent + SUBSCRIBERS + "/*",
                parent + TOPICS,
                parent + TOPICS + "/**",
                endpoint + "/*" + REACH);
    }

    Resource resource(String path) {
        if (isBelow(path, endpoint) && path.endsWith(REACH)) {
            return new Resource(Kind.REACH, endpoint, Set.of(HttpMethod.GET));
        }
        if (isBelow(path, parent + SUBSCRIBERS)) {
            return new Resource(Kind.SUBSCRIBERS, parent + SUBSCRIBERS, Set.of(HttpMethod.GET, HttpMethod.DELETE));
        }
        if (isBelow(path, parent + TOPICS)) {
            return new Resource(Kind.TOPICS, parent + TOPICS, Set.of(HttpMethod.GET, HttpMethod.DELETE));
        }
        throw new Problem(404, "not-found", "this path names nothing");
    }

    private static boolean isBelow(String path, String resource) {
        return path.equals(resource) || path.startsWith(resource + "/");
    }
}
