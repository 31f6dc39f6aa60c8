package dev.belfry.stream;

import dev.belfry.Chunk;
import dev.belfry.CommitListener;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Gap;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** A log in memory whose offsets have six holes in front of each event. Its receipts are those of the log without. */
final class HoledLog implements EventLog {
    private static final long DISTANCE = 7;

    private final EventLog log = new InMemoryEventLog();

    private static Position spaced(Position position) {
        return new Position(position.epoch(), position.offset() * DISTANCE);
    }

    private static Event spaced(Event event) {
        return new Event(spaced(event.position()), event.time(), event.notification());
    }

    @Override
    public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        Chunk chunk = log.read(filter, new Position(after.epoch(), after.offset() / DISTANCE), limits);
        Gap gap = chunk.gap();
        Gap spaced = gap == null ? null : new Gap(after, spaced(gap.oldest()), spaced(gap.head()), gap.reason());
        return new Chunk(
                chunk.events().stream().map(HoledLog::spaced).toList(),
                spaced(chunk.next()),
                chunk.headReached(),
                spaced);
    }

    @Override
    public void onCommit(CommitListener listener) {
        log.onCommit(events ->
                listener.committed(events.stream().map(HoledLog::spaced).toList()));
    }

    @Override
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        return log.append(publication, answers);
    }

    @Override
    public Position head() {
        return spaced(log.head());
    }

    @Override
    public Position oldest() {
        return spaced(log.oldest());
    }

    @Override
    public long epoch() {
        return log.epoch();
    }

    @Override
    public Position positionAt(Instant time) {
        return spaced(log.positionAt(time));
    }

    @Override
    public void close() {
        log.close();
    }
}
