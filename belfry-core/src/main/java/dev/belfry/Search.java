package dev.belfry;

import dev.belfry.BelfryException.LogClosed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/**
 * Reads the log for one poll, turn by turn, until there is enough to answer with, nothing is left to look at, or it has looked at
 * as much as one poll may.
 */
final class Search {
    /** Each of {@link ReadLimits#turn()}: so many are 200,000 events, or a tenth of a second. */
    private static final int MAX_TURNS = 100;

    /** After so many it is answered with the little that was found. */
    private static final int MAX_TURNS_WITH_EVENTS = 5;

    private final EventLog log;
    private final ReadTurns turns;
    private final ReadFlow flow;
    private final EventFilter filter;
    private final ReadLimits limits;

    Search(EventLog log, ReadTurns turns, ReadFlow flow, EventFilter filter, ReadLimits limits) {
        this.log = log;
        this.turns = turns;
        this.flow = flow;
        this.filter = filter;
        this.limits = limits;
    }

    /** Has one turn of its reader. */
    void execute(Runnable task) {
        turns.execute(flow, task);
    }

    /** What there is behind a position; signals on a reader thread. */
    Mono<Chunk> after(Position position) {
        return Mono.create(sink -> new Run(sink, position).goOn());
    }

    /** One search; each turn follows from the one before, so its state needs no lock. */
    private final class Run implements Runnable {
        private final MonoSink<Chunk> sink;
        private final Position from;
        private final List<Event> events = new ArrayList<>();
        private long bytes;
        private @Nullable Chunk last;
        private int turnsHad;
        private boolean isRoomShort;
        private volatile boolean isGivenUp;

        Run(MonoSink<Chunk> sink, Position from) {
            this.sink = sink;
            this.from = from;
            sink.onDispose(() -> isGivenUp = true);
        }

        void goOn() {
            try {
                execute(this);
            } catch (RejectedExecutionException e) {
                end();
            }
        }

        /** The hub has closed: what was found is the answer. */
        private void end() {
            Chunk found = last;
            if (found == null) {
                sink.error(new LogClosed());
            } else {
                sink.success(found);
            }
        }

        @Override
        public void run() {
            if (isGivenUp) {
                return;
            }
            Chunk chunk;
            try {
                chunk = look();
            } catch (RuntimeException | Error e) {
                // operators would throw an error of the virtual machine on, and nobody would be answered
                sink.error(BelfryException.of(e));
                return;
            }
            if (isEnough(chunk)) {
                sink.success(chunk);
            } else {
                goOn();
            }
        }

        private Chunk look() {
            Chunk before = last;
            ReadLimits left = limits.less(events.size(), bytes).turn().in(this::take);
            Chunk chunk = log.read(filter, before == null ? from : before.next(), left);
            flow.read(chunk);
            turnsHad++;
            if (chunk.gap() != null && before != null && !events.isEmpty()) {
                turnsHad = MAX_TURNS; // retention has overtaken it: the next poll is told, behind these
                return before;
            }
            events.addAll(chunk.events());
            chunk.events().forEach(event -> bytes += event.data().utf8().length);
            Chunk all = new Chunk(events, chunk.next(), chunk.headReached(), chunk.gap());
            last = all;
            return all;
        }

        private boolean take(long wanted) {
            isRoomShort = !limits.room().take(wanted);
            return !isRoomShort;
        }

        private boolean isEnough(Chunk chunk) {
            return chunk.headReached()
                    || chunk.gap() != null
                    || isRoomShort
                    || events.size() >= limits.maxEvents()
                    || bytes >= limits.maxBytes()
                    || turnsHad >= MAX_TURNS
                    || (turnsHad >= MAX_TURNS_WITH_EVENTS && !events.isEmpty());
        }
    }
}
