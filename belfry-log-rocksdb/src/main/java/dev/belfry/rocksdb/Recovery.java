package dev.belfry.rocksdb;

import dev.belfry.CommitGroup;
import dev.belfry.Epochs;
import dev.belfry.KeptReceipt;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the log back after a failed write. Owned by the writer thread.
 *
 * <p>After a failed write RocksDB refuses every other one. When the disk was full it looks for room every few seconds and goes
 * on by itself; after other errors, and when it does not, it has to be opened again. Where that fails too, it is opened for
 * reading only, which writes nothing, so that readers go on.
 */
final class Recovery {
    private static final Logger log = LoggerFactory.getLogger(Recovery.class);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final DataDirectory directory;
    private final SharedDatabase database;
    private final Extent extent;
    private final EventCodec codec;
    private boolean isNeeded;
    private boolean isOutOfSpace;
    private long lastTryNanos;
    /** The one group since the database was opened that may be in its write-ahead log, though it was refused. */
    private @Nullable CommitGroup doubtful;
    /** Why it is open for reading only; null when it is not. */
    private @Nullable RocksDBException whyReadOnly;

    /** Whether it must be opened again before anything is written. */
    private boolean isReopeningNeeded;

    Recovery(DataDirectory directory, SharedDatabase database, Extent extent, EventCodec codec) {
        this.directory = directory;
        this.database = database;
        this.extent = extent;
        this.codec = codec;
    }

    boolean isNeeded() {
        return isNeeded;
    }

    void succeeded() {
        if (isNeeded) {
            log.info("writing works again");
            isNeeded = false;
            doubtful = null;
        }
    }

    /** Whether the last failure was for lack of space. */
    boolean isOutOfSpace() {
        return isNeeded && isOutOfSpace;
    }

    /** The group is null when it was not one that failed. */
    void failed(@Nullable CommitGroup group, RocksDBException cause) {
        isOutOfSpace = StorageErrors.isOutOfSpace(cause(cause));
        if (!isNeeded) {
            log.warn("writing failed, it is tried again with each publication cause={}", cause.toString());
            isNeeded = true;
            lastTryNanos = System.nanoTime();
        }
        if (doubtful == null) {
            doubtful = group;
        }
    }

    /** As {@link #failed}, when what was refused may have been written all the same. */
    void failedAfterwards(CommitGroup group, RocksDBException cause) {
        failed(group, cause);
        isReopeningNeeded = true;
    }

    boolean isReopeningNeeded() {
        return isReopeningNeeded;
    }

    /** What is wrong: that it cannot be opened for writing says more than that it cannot be written to then. */
    RocksDBException cause(RocksDBException failure) {
        return whyReadOnly == null ? failure : whyReadOnly;
    }

    /** Whether the last try is a second ago. */
    boolean isDue() {
        return System.nanoTime() - lastTryNanos >= INTERVAL_NANOS;
    }

    /** Opens the database again if that is due. Returns its head; null when it was not or failed. */
    MetaCodec.@Nullable Head tryToReopen(MetaValues known) {
        return isDue() ? tryToReopen(known, null) : null;
    }

    /** Opens the database again at once, and repairs what an error tells of. Returns its head; null when that failed. */
    MetaCodec.@Nullable Head repair(MetaValues known, RocksDBException damage) {
        return tryToReopen(known, damage);
    }

    private MetaCodec.@Nullable Head tryToReopen(MetaValues known, @Nullable RocksDBException damage) {
        try {
            return reopen(known, damage);
        } catch (RocksDBException e) {
            log.warn("the log could not be opened again cause={}", e.toString());
            return null;
        } finally {
            lastTryNanos = System.nanoTime();
        }
    }

    private MetaCodec.@Nullable Head reopen(MetaValues known, @Nullable RocksDBException damage)
            throws RocksDBException {
        MetaCodec.Head[] settled = new MetaCodec.Head[1];
        database.replace(() -> {
            try {
                Database open = openAndSettle(known, damage, settled);
                whyReadOnly = null;
                doubtful = null;
                isReopeningNeeded = false;
                return open;
            } catch (RocksDBException e) {
                log.warn("the log can be read only cause={}", e.toString());
                whyReadOnly = e;
                isOutOfSpace = StorageErrors.isOutOfSpace(e);
                return Database.openReadOnly(directory.path());
            }
        });
        return settled[0];
    }

    private Database openAndSettle(
            MetaValues known, @Nullable RocksDBException damage, MetaCodec.@Nullable Head[] settled)
            throws RocksDBException {
        if (damage != null) {
            return openAndSettle(known, Database.Mode.REPAIR, damage, settled);
        }
        try {
            return openAndSettle(known, Database.Mode.EXISTING, null, settled);
        } catch (RocksDBException e) {
            if (!Damage.isDamage(e)) {
                throw e;
            }
            return openAndSettle(known, Database.Mode.REPAIR, e, settled);
        }
    }

    private Database openAndSettle(
            MetaValues known, Database.Mode mode, @Nullable RocksDBException damage, MetaCodec.@Nullable Head[] settled)
            throws RocksDBException {
        Database open = damage == null ? Database.open(directory.path(), mode) : Repairs.open(directory.path(), damage);
        try {
            if (damage == null) {
                settled[0] = settle(open, known.head());
            } else {
                settled[0] = settleDamaged(open, known.head());
                MetaValues now = known.at(settled[0], extent.oldest, extent.epochs);
                extent.indexedFrom = Repairs.run(open, damage, now).indexedFrom();
            }
            return open;
        } catch (RocksDBException e) {
            open.close();
            throw e;
        }
    }

    /** Where the database cannot say how far it reaches, it is what was answered. */
    private MetaCodec.Head settleDamaged(Database open, MetaCodec.Head head) throws RocksDBException {
        try {
            return settle(open, head);
        } catch (RocksDBException e) {
            if (Damage.isDamage(e)) {
                return head;
            }
            throw e;
        }
    }

    /** Makes what is on the disk what was answered: refused events go; where answered ones are missing, an epoch ends. */
    private MetaCodec.Head settle(Database open, MetaCodec.Head head) throws RocksDBException {
        MetaCodec.Head found = MetaCodec.head(open.rocks().get(open.meta(), Keys.HEAD));
        // what was removed without a sync may be there again
        extent.oldest = MetaCodec.oldest(open.rocks().get(open.meta(), Keys.OLDEST));
        if (found.offset() > head.offset()) {
            discard(open, head, found.offset());
        } else if (found.offset() < head.offset()) {
            log.error("events are lost from={} to={}", found.offset() + 1, head.offset());
            Epochs epochs = extent.epochs.begin(found.offset() + 1);
            putEpochs(open, epochs);
            extent.epochs = epochs;
            extent.head = found.offset();
            return found;
        }
        return head;
    }

    private static void putEpochs(Database open, Epochs epochs) throws RocksDBException {
        try (WriteOptions sync = new WriteOptions().setSync(true)) {
            open.rocks().put(open.meta(), sync, Keys.EPOCHS, MetaCodec.encode(epochs));
        }
    }

    private void discard(Database open, MetaCodec.Head head, long foundOffset) throws RocksDBException {
        try (ReadOptions read = new ReadOptions();
                EventCursor events = new EventCursor(open, read, extent);
                WriteBatch batch = new WriteBatch();
                WriteOptions sync = new WriteOptions().setSync(true)) {
            EventKeys keys = new EventKeys(open, batch);
            for (boolean found = events.seek(head.offset() + 1);
                    found && events.offset() <= foundOffset;
                    found = events.next()) {
                keys.delete(events.event(codec, extent.epochs));
            }
            if (doubtful != null) {
                long names = MetaValues.number(open.rocks().get(open.meta(), Keys.NAMES));
                long before = Math.max(0, names - doubtful.keys().size());
                batch.put(open.meta(), Keys.NAMES, Keys.offset(before));
                for (Map.Entry<String, KeptReceipt> key : doubtful.keys().entrySet()) {
                    keys.delete(key.getKey(), key.getValue());
                }
            }
            batch.put(open.meta(), Keys.HEAD, MetaCodec.encode(head));
            open.rocks().write(sync, batch);
        }
    }
}
