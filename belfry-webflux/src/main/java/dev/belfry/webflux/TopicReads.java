package dev.belfry.webflux;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.Chunk;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.ReadClient;
import dev.belfry.ReadFlow;
import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import dev.belfry.TopicPage;
import dev.belfry.TopicPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** Reads of the log for the administration, in turns of about a millisecond on the hub's reader threads. */
final class TopicReads {
    private static final int MAX_TURNS = 100;
    private static final int TURN_BYTES = 4 << 20;

    private final Hub hub;

    TopicReads(Hub hub) {
        this.hub = hub;
    }

    /** What one topic has; more than that when it has more than can be looked at. */
    record Stats(
            long events,
            long bytes,
            boolean isExact,
            @Nullable Event oldest,
            @Nullable Position newest) {}

    /** Topics by their newest event, from a place back. */
    Mono<TopicPage> topics(ReadClient client, String prefix, @Nullable Position before, int limit) {
        List<TopicPage.Entry> found = new ArrayList<>();
        Position[] at = {before == null ? hub.log().head().plus(1) : before};
        boolean[] isLast = {false};
        return inTurns(
                client,
                () -> {
                    ReadLimits limits = new ReadLimits(limit - found.size(), 1).turn();
                    TopicPage page = hub.log().topics(prefix, at[0], limits);
                    found.addAll(page.topics());
                    at[0] = page.next();
                    isLast[0] = page.isLast();
                    return !page.isLast() && found.size() < limit;
                },
                () -> new TopicPage(found, at[0], isLast[0]));
    }

    /** Counts the events of a topic. */
    Mono<Stats> stats(ReadClient client, Topic topic) {
        EventFilter filter = EventFilter.forCounting(Set.of(TopicPattern.of(topic.name())));
        Counting counting = new Counting(filter);
        return inTurns(
                client, counting, () -> counting.stats(hub.log().newestOf(topic).orElse(null)));
    }

    private final class Counting implements BooleanSupplier {
        private final EventFilter filter;
        private Position at = Position.EARLIEST;
        private long events;
        private long bytes;
        private boolean isExact;
        private @Nullable Event oldest;

        Counting(EventFilter filter) {
            this.filter = filter;
        }

        @Override
        public boolean getAsBoolean() {
            Chunk chunk = hub.log().read(filter, at, new ReadLimits(10_000, TURN_BYTES).turn());
            for (Event event : chunk.events()) {
                oldest = oldest == null ? event : oldest;
                events++;
                bytes += event.data().utf8().length;
            }
            at = chunk.next();
            isExact = chunk.headReached();
            return !isExact;
        }

        Stats stats(@Nullable Position newest) {
            return new Stats(events, bytes, isExact, oldest, newest);
        }
    }

    /** The event with an id; empty when it is not kept. */
    Mono<Event> event(ReadClient client, Position id) {
        EventFilter all = EventFilter.forCountingAll();
        List<Event> found = new ArrayList<>(1);
        return this.<List<Event>>inTurns(
                        client,
                        () -> {
                            if (id.offset() > 0) {
                                found.addAll(hub.log()
                                        .read(all, id.before(), new ReadLimits(1, 1, 1, 0))
                                        .events());
                            }
                            return false;
                        },
                        () -> found)
                .flatMap(events -> Mono.justOrEmpty(events.stream()
                        .filter(event -> event.position().equals(id))
                        .findFirst()));
    }

    /** Has turns until there is nothing more to do, or it has had its share. */
    private <T> Mono<T> inTurns(ReadClient client, BooleanSupplier turn, Supplier<T> result) {
        ReadFlow flow = new ReadFlow(client);
        return Mono.create(sink -> haveTurn(flow, turn, result, sink, new AtomicBoolean(), MAX_TURNS));
    }

    private <T> void haveTurn(
            ReadFlow flow, BooleanSupplier turn, Supplier<T> result, MonoSink<T> sink, AtomicBoolean gone, int left) {
        if (left == MAX_TURNS) {
            sink.onDispose(() -> gone.set(true));
        }
        Runnable task = () -> {
            if (gone.get()) {
                return;
            }
            try {
                if (turn.getAsBoolean() && left > 1) {
                    haveTurn(flow, turn, result, sink, gone, left - 1);
                } else {
                    sink.success(result.get());
                }
            } catch (RuntimeException e) {
                sink.error(e);
            }
        };
        try {
            hub.readers().execute(flow, task);
        } catch (RejectedExecutionException e) {
            sink.error(new LogClosed());
        }
    }
}
