package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Refuses, in front of WebFlux and whatever the path, versions of HTTP that are not spoken here, which Reactor Netty would
 * take for 1.1 and repeat, and URLs that are none, which Spring would refuse without a word.
 */
public final class RequestLineGuard {
    private static final Set<String> VERSIONS = Set.of("HTTP/1.1", "HTTP/1.0", "HTTP/2.0");

    /** The visible characters of ASCII that no URL has. */
    private static final String NEVER_IN_URLS = "\"<>\\^`{|}";

    private RequestLineGuard() {}

    /** Takes its place in front of the routes that are added later. */
    public static HttpServerRoutes addTo(HttpServerRoutes routes) {
        return routes.route(request -> problem(request) != null, RequestLineGuard::refuse);
    }

    private static @Nullable Problem problem(HttpServerRequest request) {
        if (!VERSIONS.contains(request.version().text())) {
            return new Problem(505, "http-version", "supported versions: HTTP/1.0, HTTP/1.1 and HTTP/2");
        }
        return isUrl(request.uri())
                ? null
                : Problem.badRequest("invalid-url", "the URL has characters that must be percent-encoded");
    }

    private static boolean isUrl(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '%' ? !(isHex(target, i + 1) && isHex(target, i + 2)) : isNeverInUrls(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isHex(String target, int at) {
        return at < target.length() && Character.digit(target.charAt(at), 16) >= 0;
    }

    private static boolean isNeverInUrls(char c) {
        boolean isPlain = (c >= 'a' && c <= 'z') || (c >= '-' && c <= '9');
        return !isPlain && (c <= ' ' || c == 0x7F || NEVER_IN_URLS.indexOf(c) >= 0);
    }

    private static Publisher<Void> refuse(HttpServerRequest request, HttpServerResponse response) {
        Problem problem = problem(request);
        if (problem == null) {
            throw new IllegalStateException("nothing to refuse");
        }
        byte[] json = problem.json();
        response.status(problem.status())
                .keepAlive(false)
                .header(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(json.length));
        // hidden, for an answer that is written as a whole repeats the request's version
        return request.method().equals(HttpMethod.HEAD)
                ? response.sendHeaders()
                : response.send(Flux.just(Unpooled.wrappedBuffer(json)).hide());
    }
}
