package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.webflux.BodyDoor;
import dev.belfry.webflux.ClientLimits;
import dev.belfry.wire.FormBody;
import dev.belfry.wire.Problem;
import io.netty.channel.EventLoop;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code POST}: one update, answered with its id when the log has it. */
final class UpdateHandler {
    private final Hub hub;
    private final ClientLimits limits;
    private final BodyDoor bodies;
    private final UrlSpelling spelling;

    UpdateHandler(Hub hub, ClientLimits limits, BodyDoor bodies, MercureSettings settings) {
        this.hub = hub;
        this.limits = limits;
        this.bodies = bodies;
        spelling = settings.spelling();
    }

    /** The answer of the log, and the id that the publisher has chosen. */
    private record Published(Receipt receipt, @Nullable String alias) {
        String id() {
            return alias == null ? receipt.first().toString() : alias;
        }
    }

    Mono<Void> handle(ServerWebExchange exchange, MercureCaller caller) {
        Permissions permissions = caller.permissions();
        if (permissions.publish().isEmpty()) {
            throw Refusals.notAllowed(caller, "publishing");
        }
        checkForm(exchange.getRequest());
        ClientLimits.Client sender = limits.client(exchange, permissions);
        sender.checkPublish();
        return bodies.take(
                        exchange,
                        body -> new UpdateRequest(Form.ofBody(body), caller, spelling).toPublication(),
                        (publication, loop) -> publish(sender, publication, loop)
                                .map(receipt -> new Published(receipt, alias(publication))))
                .flatMap(published -> answer(exchange.getResponse(), published, caller.version()));
    }

    private Mono<Receipt> publish(ClientLimits.Client sender, Publication publication, EventLoop loop) {
        sender.publish(publication.notifications().size());
        return hub.publish(publication, loop);
    }

    private static @Nullable String alias(Publication publication) {
        return publication.notifications().get(0).alias();
    }

    /** @throws Problem 415 when the body is something else */
    static void checkForm(ServerHttpRequest request) {
        String type = request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        String media = type == null
                ? FormBody.MEDIA_TYPE
                : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!media.equals(FormBody.MEDIA_TYPE)) {
            throw new Problem(415, "unsupported-media-type", "supported types: " + FormBody.MEDIA_TYPE);
        }
    }

    private static Mono<Void> answer(ServerHttpResponse response, Published published, MercureVersion version) {
        byte[] id = published.id().getBytes(UTF_8);
        response.setStatusCode(HttpStatus.OK);
        HttpHeaders headers = response.getHeaders();
        headers.set(
                HttpHeaders.CONTENT_TYPE, version == MercureVersion.V1 ? "text/plain; charset=utf-8" : "text/plain");
        headers.setCacheControl("no-store");
        headers.setContentLength(id.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(id)));
    }
}
