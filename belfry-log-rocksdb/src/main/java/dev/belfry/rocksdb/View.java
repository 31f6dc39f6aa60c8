package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import org.rocksdb.ReadOptions;
import org.rocksdb.Snapshot;

/**
 * What one read sees of the log, unchanging.
 *
 * <p>The order of its constructor is what keeps a gap from being silent: the head comes first, so that all up to it is in the
 * snapshot; the oldest comes last, so that whatever the snapshot lacks already is known to be gone.
 */
final class View implements AutoCloseable {
    /** A reader this near to the head has company, and what it reads is worth keeping in the cache. */
    private static final long NEAR_HEAD = 20_000;

    final Database database;
    final Snapshot snapshot;
    final EventCursor events;
    final Epochs epochs;
    final long oldest;
    final long head;
    private final ReadOptions options;

    View(Database database, Extent extent, long from) {
        this.database = database;
        long newest = extent.head;
        snapshot = database.rocks().getSnapshot();
        options = options(newest - from < NEAR_HEAD);
        events = new EventCursor(database, options);
        oldest = extent.oldest;
        epochs = extent.epochs;
        head = Math.max(newest, oldest - 1);
    }

    /** Options of a read in this view; the caller closes them. */
    ReadOptions options(boolean fillCache) {
        return new ReadOptions().setSnapshot(snapshot).setFillCache(fillCache);
    }

    @Override
    public void close() {
        events.close();
        options.close();
        database.rocks().releaseSnapshot(snapshot);
        snapshot.close();
    }
}
