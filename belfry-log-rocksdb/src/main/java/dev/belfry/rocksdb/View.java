package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * What one read sees of the log, unchanging. It keeps a gap from being silent, and from being said for nothing, while retention
 * removes events under it.
 *
 * <p>Retention (A) writes one batch that deletes index entries, remembers what it removed, and moves {@code oldest}; then (B)
 * drops whole files of events below {@code oldest}, which no snapshot hinders. An iterator keeps the files that there are when it
 * is made. So the order of the constructor is:
 *
 * <ol>
 *   <li>the head, so that all up to it is in what follows;
 *   <li>the iterator of the events: what was dropped before it, by some (B), went behind an (A) that the snapshot has;
 *   <li>the snapshot, from which come {@code oldest}, the indexes and the memory of removals: all of one moment, none earlier
 *       than the iterator's.
 * </ol>
 *
 * <p>Hence the iterator has every event from the snapshot's {@code oldest} to the head, and of every other the snapshot knows
 * that it was removed. An event whose own time is over may be gone from the snapshot and not from the iterator; it is not
 * delivered either way.
 */
final class View implements AutoCloseable {
    /** A reader this near to the head has company, and what it reads is worth keeping in the cache. */
    private static final long NEAR_HEAD = 20_000;

    final Database database;
    final EventCursor events;
    final Epochs epochs;
    final long oldest;
    final long head;
    /** Otherwise it may be of a later moment than the memory of removals, for damage. */
    final boolean isOldestKnown;

    private final Snapshot snapshot;
    private final ReadOptions eventOptions;
    private final ReadOptions options;

    View(Database database, Extent extent, long from) throws RocksDBException {
        this.database = database;
        long newest = extent.head;
        eventOptions = new ReadOptions().setFillCache(newest - from < NEAR_HEAD);
        events = new EventCursor(database, eventOptions, extent);
        snapshot = Objects.requireNonNull(database.rocks().getSnapshot());
        options = options(true);
        epochs = extent.epochs;
        long found;
        boolean isKnown = true;
        try {
            found = MetaCodec.oldest(get(database.meta(), Keys.OLDEST));
        } catch (RocksDBException e) {
            if (!Damage.isDamage(e)) {
                close();
                throw e;
            }
            extent.damage.suspect(e);
            found = extent.oldest;
            isKnown = false;
        }
        oldest = found;
        isOldestKnown = isKnown;
        head = Math.max(newest, oldest - 1);
    }

    /** Options of a read in this view; the caller closes them. */
    ReadOptions options(boolean fillCache) {
        return new ReadOptions().setSnapshot(snapshot).setFillCache(fillCache);
    }

    byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
        return database.rocks().get(family, options, key);
    }

    @Override
    public void close() {
        events.close();
        eventOptions.close();
        options.close();
        database.rocks().releaseSnapshot(snapshot);
        snapshot.close();
    }
}
