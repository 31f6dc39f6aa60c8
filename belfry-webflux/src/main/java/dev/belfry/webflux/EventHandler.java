package dev.belfry.webflux;

import dev.belfry.Event;
import dev.belfry.Hub;
import dev.belfry.Lookup;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.wire.EventEncoder;
import dev.belfry.wire.PollAnswer;
import dev.belfry.wire.Problem;
import dev.belfry.wire.Representation;
import dev.belfry.wire.WireSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * {@code GET} of one event by its id. One that the caller may not read, one that is gone and one that never was are the same 404, so
 * that nobody learns where events of others are.
 */
final class EventHandler {
    private final Hub hub;
    private final String cloudEventsSource;
    private final MemoryBudget memory;
    private final AnswerBodies bodies;

    EventHandler(Hub hub, WireSettings settings, MemoryBudget memory) {
        this.hub = hub;
        cloudEventsSource = settings.cloudEventsSource();
        this.memory = memory;
        bodies = new AnswerBodies(memory);
    }

    /**
     * Answers with the event.
     *
     * @param otherwise what is done when the log does not know the epoch: then the path is a topic that only looks like an id
     */
    Mono<Void> handle(
            ServerWebExchange exchange,
            Permissions permissions,
            Position id,
            Representation representation,
            Supplier<Mono<Void>> otherwise) {
        Channel channel = NettyExchange.channel(exchange.getResponse());
        boolean isHead = exchange.getRequest().getMethod().equals(HttpMethod.HEAD);
        return Mono.using(
                () -> new HeldAnswer(() -> {}, memory.open(Use.LARGE_ANSWERS, channel.remoteAddress())),
                held -> hub.find(NettyExchange.client(channel), permissions, id, held)
                        .map(found -> isHead ? found : encode(found, representation, channel, held))
                        .publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                        .flatMap(found -> found.isOfThisLog()
                                ? write(exchange.getResponse(), found, representation, held)
                                : otherwise.get()),
                HeldAnswer::release);
    }

    /** On a reader thread. */
    private Lookup encode(Lookup found, Representation representation, Channel channel, HeldAnswer held) {
        Event event = found.event();
        if (event == null && held.isRoomShort()) {
            throw AnswerBodies.noRoom();
        }
        if (event != null) {
            ByteBuf body = bodies.make(
                    PollAnswer.sizeEstimate(event),
                    held.takeRoom(),
                    channel.remoteAddress(),
                    out -> write(event, representation, out));
            held.keep(body);
        }
        return found;
    }

    private void write(Event event, Representation representation, ByteBuf out) {
        EventEncoder encoder = representation.encoder(cloudEventsSource);
        if (representation == Representation.CLOUDEVENTS) {
            new PollAnswer(List.of(event), "", false).writeTo(out, encoder);
        } else {
            encoder.encode(event, out);
            out.writeByte('\n');
        }
    }

    private static Mono<Void> write(
            ServerHttpResponse response, Lookup found, Representation representation, HeldAnswer held) {
        if (found.event() == null) {
            throw new Problem(404, "unknown-event", "there is no event with this id that the sender may read");
        }
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.CONTENT_TYPE, representation.mediaType());
        headers.setCacheControl("no-store");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        int bytes = held.bytes();
        if (bytes == 0) {
            return response.setComplete();
        }
        headers.setContentLength(bytes);
        return response.writeWith(held.body());
    }
}
