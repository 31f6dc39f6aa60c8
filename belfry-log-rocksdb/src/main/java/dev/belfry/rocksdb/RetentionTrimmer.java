package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Retention;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Takes the oldest events away when there are too many, too much, or too old ones. Owned by the writer thread.
 *
 * <p>An event below {@code oldest} is as good as deleted. Its index entries are deleted one by one; the event itself goes
 * with the whole file that it is in, once all of that file is below. RocksDB's range deletion would leave a tombstone for each
 * call, of which there can be thousands a second, and every read would have to pass them.
 */
final class RetentionTrimmer {
    private static final int MAX_SLICE = 2_000;
    private static final long FILES_EVERY_BYTES = 8L << 20;

    private final Retention retention;
    private final long ageMillis;
    private final Extent extent;
    private final EventCodec codec;
    private @Nullable Oldest oldest;
    private long seekFrom;
    private long bytesSinceFiles;

    RetentionTrimmer(Retention retention, Extent extent, EventCodec codec) {
        this.retention = retention;
        this.ageMillis = retention.age().compareTo(Duration.ofMillis(Long.MAX_VALUE)) < 0
                ? retention.age().toMillis()
                : Long.MAX_VALUE;
        this.extent = extent;
        this.codec = codec;
        seekFrom = extent.oldest;
    }

    private record Oldest(long offset, long timeMillis, long bytesBefore) {
        static Oldest at(EventCursor events) {
            return new Oldest(events.offset(), events.timeMillis(), events.bytesBefore());
        }
    }

    /** Forgets what it knew, after the database was opened anew. */
    void reset() {
        oldest = null;
        seekFrom = extent.oldest;
    }

    /** Is told that an event between oldest and head is gone. */
    void removed(long offset) {
        if (oldest != null && oldest.offset == offset) {
            oldest = null;
            seekFrom = offset + 1;
        }
    }

    void trim(Database database, MetaCodec.Head head, long nowMillis) throws RocksDBException {
        boolean isNothingDue = oldest == null ? seekFrom > head.offset() : !isTooMuch(oldest, head, nowMillis);
        if (isNothingDue) {
            return;
        }
        try (ReadOptions options = new ReadOptions();
                EventCursor events = new EventCursor(database, options)) {
            if (!events.seek(oldest == null ? seekFrom : oldest.offset)) {
                oldest = null;
                seekFrom = head.offset() + 1;
            } else if (isTooMuch(Oldest.at(events), head, nowMillis)) {
                trim(database, events, head, nowMillis);
            } else {
                oldest = Oldest.at(events);
            }
        }
    }

    private boolean isTooMuch(Oldest first, MetaCodec.Head head, long nowMillis) {
        return head.offset() - first.offset >= retention.events()
                || head.bytes() - first.bytesBefore > retention.bytes()
                || nowMillis - first.timeMillis >= ageMillis;
    }

    private void trim(Database database, EventCursor events, MetaCodec.Head head, long nowMillis)
            throws RocksDBException {
        long newOldest = extent.oldest;
        long bytes = 0;
        boolean found = true;
        try (WriteBatch batch = new WriteBatch();
                WriteOptions options = new WriteOptions()) {
            EventKeys keys = new EventKeys(database, batch);
            for (int i = 0; i < MAX_SLICE && found && isTooMuch(Oldest.at(events), head, nowMillis); i++) {
                keys.deleteIndex(events.event(codec, extent.epochs));
                newOldest = events.offset() + 1;
                bytes -= events.bytesBefore();
                found = events.next();
                bytes += found ? events.bytesBefore() : head.bytes();
            }
            write(database, batch, options, newOldest);
        }
        oldest = found ? Oldest.at(events) : null;
        seekFrom = found ? newOldest : head.offset() + 1;
        dropFiles(database, bytes);
    }

    private void write(Database database, WriteBatch batch, WriteOptions options, long newOldest)
            throws RocksDBException {
        Epochs epochs = extent.epochs.trim(newOldest);
        extent.oldest = Math.max(extent.oldest, newOldest);
        batch.put(database.meta(), Keys.OLDEST, Keys.offset(newOldest));
        batch.put(database.meta(), Keys.EPOCHS, MetaCodec.encode(epochs));
        database.rocks().write(options, batch);
        extent.epochs = epochs;
    }

    private void dropFiles(Database database, long bytes) throws RocksDBException {
        bytesSinceFiles += bytes;
        if (bytesSinceFiles >= FILES_EVERY_BYTES) {
            bytesSinceFiles = 0;
            database.rocks()
                    .deleteFilesInRanges(database.events(), List.of(Keys.offset(0), Keys.offset(extent.oldest)), false);
        }
    }
}
