package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.netty.http.HttpOperations;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * Refuses, in front of WebFlux and whatever the path, versions of HTTP that are not spoken here, which Reactor Netty would
 * take for 1.1 and repeat; URLs that are none, which Spring would refuse without a word; and hosts that are none.
 *
 * <p>Reactor Netty logs the whole request when it cannot read a URL or a host. So a server that may stand among strangers asks
 * {@link #check} in front of Reactor Netty's own handlers; for others there is a route.
 */
public final class RequestHeadGuard {
    private static final Set<String> VERSIONS = Set.of("HTTP/1.1", "HTTP/1.0");

    /** The visible characters of ASCII that no URL has. */
    private static final String NEVER_IN_URLS = "\"<>\\^`{|}";

    private RequestHeadGuard() {}

    /** What is wrong with a request of HTTP/1; null when nothing is. */
    public static @Nullable Problem check(HttpRequest request) {
        Problem wrong = checkVersion(request.protocolVersion().text());
        return wrong != null ? wrong : check(request.uri(), request.headers().get(HttpHeaderNames.HOST));
    }

    /** What is wrong with a request of HTTP/2; null when nothing is. */
    public static @Nullable Problem check(Http2Headers headers) {
        CharSequence path = headers.path();
        return check(path == null ? "*" : path, headers.authority());
    }

    /** Takes its place in front of the routes that are added later. */
    public static HttpServerRoutes addTo(HttpServerRoutes routes) {
        return routes.route(request -> check(request) != null, RequestHeadGuard::refuse);
    }

    private static @Nullable Problem check(HttpServerRequest request) {
        String version = request.version().text();
        Problem wrong = version.equals("HTTP/2.0") ? null : checkVersion(version);
        return wrong != null
                ? wrong
                : check(request.uri(), request.requestHeaders().get(HttpHeaderNames.HOST));
    }

    private static @Nullable Problem checkVersion(String version) {
        return VERSIONS.contains(version)
                ? null
                : new Problem(505, "http-version", "supported versions: HTTP/1.0, HTTP/1.1 and HTTP/2");
    }

    private static @Nullable Problem check(CharSequence target, @Nullable CharSequence host) {
        if (!isUrl(target)) {
            return Problem.badRequest("invalid-url", "the URL has characters that must be percent-encoded");
        }
        return host == null || host.isEmpty() || Authority.parse(host) != null ? null : HostGuard.notAHost();
    }

    private static boolean isUrl(CharSequence target) {
        boolean isOriginForm = !target.isEmpty() && target.charAt(0) == '/';
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c == '%' ? !(isHex(target, i + 1) && isHex(target, i + 2)) : isNeverInUrls(c)) {
                return false;
            }
            // of an IPv6 address, or of a query
            isOriginForm &= c != '[' && c != ']';
        }
        return isOriginForm || hasPath(target.toString());
    }

    private static boolean isHex(CharSequence target, int at) {
        return at < target.length() && Character.digit(target.charAt(at), 16) >= 0;
    }

    private static boolean isNeverInUrls(char c) {
        boolean isPlain = (c >= 'a' && c <= 'z') || (c >= '-' && c <= '9');
        return !isPlain && (c <= ' ' || c >= 0x7F || NEVER_IN_URLS.indexOf(c) >= 0);
    }

    /** Whether Reactor Netty can make one of it. */
    private static boolean hasPath(String target) {
        try {
            return HttpOperations.resolvePath(target) != null;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private static Publisher<Void> refuse(HttpServerRequest request, HttpServerResponse response) {
        Problem problem = check(request);
        if (problem == null) {
            throw new IllegalStateException("nothing to refuse");
        }
        byte[] json = problem.json();
        SecurityHeaders.forEach(response::header);
        response.status(problem.status())
                .keepAlive(false)
                .header(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE)
                .header(HttpHeaderNames.CACHE_CONTROL, "no-store")
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(json.length));
        // no Mono, for an answer that is written as a whole repeats the request's version
        return request.method().equals(HttpMethod.HEAD)
                ? response.sendHeaders()
                : response.send(Flux.just(Unpooled.wrappedBuffer(json)));
    }
}
