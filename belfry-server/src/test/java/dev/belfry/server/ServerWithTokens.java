package dev.belfry.server;

import dev.belfry.Hub;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Receipt;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.RawHttp2Stream;
import dev.belfry.testkit.Wire;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.TokenPermissions;
import dev.belfry.wire.Problem;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The server in this process, with tokens that say what they are: {@code subject;pattern,pattern;2026-01-01T00:00:00Z}. */
final class ServerWithTokens implements AutoCloseable {
    private static final String UPGRADE = "Upgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";

    private final ConfigurableApplicationContext context;

    ServerWithTokens(Path directory, String... properties) {
        String[] all = Stream.concat(
                        Stream.of("--server.port=0", "--belfry.log.directory=" + directory), Stream.of(properties))
                .toArray(String[]::new);
        context = new SpringApplicationBuilder(ServerApplication.class, Tokens.class).run(all);
    }

    @Configuration(proxyBeanMethods = false)
    static class Tokens {
        @Bean
        Authorizer tokens() {
            return new SpokenTokens();
        }
    }

    private static final class SpokenTokens implements Authorizer, TokenPermissions {
        @Override
        public Mono<Permissions> authorize(ServerWebExchange exchange) {
            String token = exchange.getRequest().getHeaders().getFirst("Authorization");
            return token == null ? Mono.empty() : permissions(token);
        }

        @Override
        public Mono<Permissions> permissions(String token) {
            String[] parts = token.split(";", -1);
            Set<TopicSelector> grants = Stream.of(parts[1].split(",", -1))
                    .filter(pattern -> !pattern.isEmpty())
                    .map(TopicPattern::of)
                    .collect(Collectors.toSet());
            Permissions permissions = new Permissions(parts[0], grants, grants, Instant.parse(parts[2]));
            return permissions.isExpired(Instant.now())
                    ? Mono.error(new Problem(401, "token-expired", "the token has expired"))
                    : Mono.just(permissions);
        }
    }

    static String token(String grants, Instant expires) {
        return "me;" + grants + ";" + expires;
    }

    int port() {
        return Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer())
                .getPort();
    }

    /** How many have asked for a topic, as the administration says. */
    int subscribersOf(String topic) {
        String admin = token("$belfry/admin", Instant.now().plusSeconds(60));
        try (RawHttp client = request("GET", "/api/subscribers?topic=" + topic, admin)) {
            return Json.tree(client.bodyByLength()).get("matching").asInt();
        }
    }

    Receipt publish(Notification notification) {
        return Objects.requireNonNull(
                context.getBean(Hub.class).publish(notification).block());
    }

    /** A request by HTTP/1.1; the answer has not been read. */
    RawHttp request(String method, String target, String token, String... headers) {
        String head = method + " " + target + " HTTP/1.1\nHost: localhost\nAuthorization: " + token;
        return RawHttp.request(port(), (head + "\n" + String.join("\n", headers)).stripTrailing());
    }

    RawHttp get(String rest, String token, String... headers) {
        return request("GET", "/api/notifications" + rest, token, headers);
    }

    /** A WebSocket behind its handshake. */
    RawHttp socket(String rest, String token) {
        RawHttp client = get(rest, token, UPGRADE);
        client.untilContains("\r\n\r\n");
        return client;
    }

    RawHttp2Stream http2(String rest, String token, String accept) {
        try {
            var head = RawHttp2Stream.get("localhost:" + port())
                    .path("/api/notifications" + rest)
                    .set("accept", accept)
                    .set("authorization", token);
            RawHttp2Stream stream = new RawHttp2Stream(port(), Integer.MAX_VALUE, head);
            stream.widenConnection(1 << 30);
            return stream;
        } catch (IOException | Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    static void say(RawHttp client, String message) {
        client.send(Wire.clientText(message));
    }

    @Override
    public void close() {
        context.close();
    }
}
