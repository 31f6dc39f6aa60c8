package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import dev.belfry.wire.Problem;
import java.time.Clock;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Tokens that say what they are: {@code subject;pattern,pattern;2026-01-01T00:00:00Z}, in the header or a WebSocket's command. */
final class TestTokens implements Authorizer, TokenPermissions {
    private final Clock clock;

    TestTokens(Clock clock) {
        this.clock = clock;
    }

    static String of(String subject, String patterns, Instant expires) {
        return subject + ";" + patterns + ";" + expires;
    }

    @Override
    public Mono<Permissions> authorize(ServerWebExchange exchange) {
        String token = exchange.getRequest().getHeaders().getFirst("Authorization");
        return token == null ? Mono.just(Permissions.OPEN) : permissions(token);
    }

    @Override
    public Mono<Permissions> permissions(String token) {
        if (token.equals("nothing")) {
            return Mono.empty();
        }
        String[] parts = token.split(";", -1);
        if (parts.length != 3) {
            return Mono.error(new Problem(401, "invalid-token", "the token is not valid"));
        }
        Set<TopicSelector> grants = Stream.of(parts[1].split(",", -1))
                .filter(pattern -> !pattern.isEmpty())
                .map(TopicPattern::of)
                .collect(Collectors.toSet());
        Permissions permissions = new Permissions(parts[0], grants, grants, Instant.parse(parts[2]));
        return permissions.isExpired(clock.instant())
                ? Mono.error(new Problem(401, "token-expired", "the token has expired"))
                : Mono.just(permissions);
    }
}
