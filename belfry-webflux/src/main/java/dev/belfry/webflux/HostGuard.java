package dev.belfry.webflux;

import dev.belfry.wire.Problem;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Lets in only what is addressed to a loopback name, whatever the path: the guard against DNS rebinding of a server that is
 * open because it is bound to the loopback. A page that has had its name resolve to this machine still sends its own name.
 */
public final class HostGuard implements WebFilter, Ordered {
    private static final Pattern ABSOLUTE_FORM = Pattern.compile("(?i)https?://([^/?#]*)");

    private final Predicate<ServerWebExchange> isGuarded;

    /**
     * Guards some requests.
     *
     * @param isGuarded says which, e.g. those that came in on a port that is bound to the loopback
     */
    public HostGuard(Predicate<ServerWebExchange> isGuarded) {
        this.isGuarded = isGuarded;
    }

    /** In front of all others: nothing is done for a request that is not meant for this machine. */
    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        Problem problem = isGuarded.test(exchange) ? check(exchange) : null;
        return problem == null ? chain.filter(exchange) : ProblemResponse.write(exchange, problem);
    }

    private static @Nullable Problem check(ServerWebExchange exchange) {
        HttpServerRequest request = NettyExchange.request(exchange.getResponse());
        List<String> hosts = hosts(exchange, request);
        if (hosts.size() != 1) {
            return invalidHost("a request has exactly one Host");
        }
        Problem problem = check(hosts.get(0));
        return problem != null ? problem : checkTarget(request.uri());
    }

    /** Over HTTP/2 {@code :authority} is one too, and may be said again as {@code Host} (RFC 9113, 8.3.1). */
    private static List<String> hosts(ServerWebExchange exchange, HttpServerRequest request) {
        List<String> hosts = exchange.getRequest().getHeaders().getOrEmpty(HttpHeaders.HOST);
        return hosts.size() > 1 && request.version().majorVersion() == 2
                ? hosts.stream()
                        .map(host -> host.toLowerCase(Locale.ROOT))
                        .distinct()
                        .toList()
                : hosts;
    }

    private static @Nullable Problem check(String authority) {
        Authority host = Authority.parse(authority);
        if (host == null) {
            return notAHost();
        }
        return host.isLoopback()
                ? null
                : new Problem(
                        421, "not-loopback", "this server is open to its own machine only, under a loopback name");
    }

    /** A target in absolute form names the host that counts, and {@code Host} does not (RFC 9112, 3.2.2). */
    private static @Nullable Problem checkTarget(String target) {
        if (target.startsWith("/") || target.equals("*")) {
            return null;
        }
        Matcher absolute = ABSOLUTE_FORM.matcher(target);
        return absolute.lookingAt() ? check(absolute.group(1)) : invalidHost("the request's target is not a URL");
    }

    static Problem notAHost() {
        return invalidHost("Host is a name or an address, and perhaps a port");
    }

    private static Problem invalidHost(String detail) {
        return Problem.badRequest("invalid-host", detail);
    }
}
