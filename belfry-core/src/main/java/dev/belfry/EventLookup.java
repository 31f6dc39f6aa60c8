package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Reads one event by its position, in one turn of a reader. An event that its caller may not read is told from none by nothing.
 */
final class EventLookup {
    /** A wildcard alone does not stand for what the server itself says. */
    private static final Set<TopicSelector> EVERYTHING =
            Set.of(TopicPattern.ALL, TopicPattern.of(Topic.RESERVED_PREFIX + "/**"));

    /** The next event, whatever it is. */
    private static final ReadLimits ONE = new ReadLimits(1, 1, 1, Long.MAX_VALUE);

    private final EventLog log;
    private final EventFilter filter;
    private final Position id;
    private final ReadLimits limits;

    EventLookup(EventLog log, Permissions permissions, Position id, ReadRoom room) {
        limits = ONE.in(room);
        this.log = log;
        this.filter = permissions.filter(EVERYTHING);
        this.id = id;
    }

    /** Signals on a reader thread. */
    Mono<Lookup> in(ReadTurns turns, ReadFlow flow) {
        return Mono.create(sink -> {
            try {
                turns.execute(flow, () -> look(sink));
            } catch (RejectedExecutionException e) {
                sink.error(new LogClosed());
            }
        });
    }

    private void look(MonoSink<Lookup> sink) {
        Lookup found;
        try {
            found = look();
        } catch (RuntimeException | Error e) {
            // operators would throw an error of the virtual machine on, and nobody would be answered
            sink.error(BelfryException.of(e));
            return;
        }
        sink.success(found);
    }

    private Lookup look() {
        Chunk chunk = log.read(filter, id.before(), limits);
        Event event = chunk.events().stream()
                .filter(next -> next.position().equals(id))
                .findFirst()
                .orElse(null);
        Gap gap = chunk.gap();
        return new Lookup(event, gap == null || gap.reason() != Gap.Reason.UNKNOWN_EPOCH);
    }
}
