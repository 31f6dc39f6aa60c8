package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.ReadRoom;
import dev.belfry.webflux.LongWork;
import dev.belfry.webflux.NettyExchange;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Where a subscriber wants to go on: behind the first kept update with a publisher's id, or behind a position of ours, or at the
 * beginning. What is not known is the beginning, too.
 *
 * @param isGiven whether the subscriber has said so, if only with an empty text
 * @param id empty for from now on
 */
record Cursor(boolean isGiven, String id) {
    private static final String EARLIEST = "earliest";
    private static final int MAX_LENGTH = 256;
    private static final List<String> NAMES_V0 = List.of("lastEventID", "Last-Event-ID", "last_event_id");
    private static final List<String> NAMES_V1 = List.of("last_event_id");

    /** The header wins. */
    static Cursor of(ServerWebExchange exchange, Form form, MercureVersion version) {
        String header = exchange.getRequest().getHeaders().getFirst("Last-Event-ID");
        boolean isGiven = header != null;
        if (header != null && !header.isEmpty()) {
            return new Cursor(true, fromHeader(header));
        }
        for (String name : version == MercureVersion.V0 ? NAMES_V0 : NAMES_V1) {
            String value = form.value(name);
            isGiven |= form.has(name);
            if (value != null) {
                return new Cursor(true, value);
            }
        }
        return new Cursor(isGiven, "");
    }

    /** Browsers send UTF-8, which the server has read as Latin-1. */
    private static String fromHeader(String header) {
        return new String(header.getBytes(ISO_8859_1), UTF_8);
    }

    private static String toHeader(String id) {
        return new String(id.getBytes(UTF_8), ISO_8859_1);
    }

    /** Looks it up, off the event loop, and on it says in the answer's header what the first event that is sent stands behind. */
    Mono<Position> start(Hub hub, EventFilter filter, ServerWebExchange exchange, String headerName) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        if (id.isEmpty()) {
            return Mono.fromSupplier(() -> {
                Position head = hub.log().head();
                if (isGiven) {
                    headers.set(headerName, head.toString());
                }
                return head;
            });
        }
        if (id.equals(EARLIEST)) {
            headers.set(headerName, EARLIEST);
            return Mono.just(Position.EARLIEST);
        }
        return new LongWork(hub)
                .on(NettyExchange.channel(exchange.getResponse()), () -> Optional.ofNullable(find(hub, filter)))
                .map(found -> {
                    headers.set(headerName, found.isPresent() ? toHeader(id) : EARLIEST);
                    return found.orElse(Position.EARLIEST);
                });
    }

    private @Nullable Position find(Hub hub, EventFilter filter) {
        if (id.length() > MAX_LENGTH) {
            return null;
        }
        Position named = hub.log().positionOf(id).orElse(null);
        return named == null ? position(hub, filter) : named;
    }

    /** One of ours, unless the log would have to tell of a gap behind it. */
    private @Nullable Position position(Hub hub, EventFilter filter) {
        try {
            Position position = Position.parse(id);
            boolean hasGap = hub.log()
                            .read(filter, position, new ReadLimits(1, 1).turn().in(ReadRoom.NONE))
                            .gap()
                    != null;
            return hasGap ? null : position;
        } catch (InvalidInput e) {
            return null;
        }
    }
}
