package dev.belfry.rocksdb;

import dev.belfry.AgeClock;
import dev.belfry.CommitGroup;
import dev.belfry.Event;
import dev.belfry.LogSettings;
import dev.belfry.LogStore;
import dev.belfry.Topic;
import java.util.concurrent.TimeUnit;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Removes what need not be kept, in turns between the writes: never less than what comes meanwhile. Owned by the writer thread. */
final class Upkeep {
    /** So many events are removed at once, or twice as many as have come meanwhile. */
    private static final int LEAST = 2_000;

    /** With fewer new events a turn waits for so long, as each has a price of its own. */
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    static final long SOON_MILLIS = 10;
    static final long LATER_MILLIS = 500;

    private final Extent extent;
    private final AgeClock ages;
    private final RetentionTrimmer retention;
    private final ExpiryTrimmer expiry;
    private final KeptNames names;
    private final TopicDeletion deletion;
    private final Room room;
    private long turnEvents;
    private long turnNanos = System.nanoTime() - EVERY_NANOS;

    Upkeep(Reserve reserve, OpenLog opened, LogSettings settings, EventCodec codec) {
        extent = opened.extent();
        ages = new AgeClock(settings.clock());
        retention = new RetentionTrimmer(settings, opened, codec, ages);
        names = new KeptNames(settings.idempotencyKeys(), opened.values().names());
        expiry = new ExpiryTrimmer(extent, codec, retention, names, ages);
        deletion = new TopicDeletion(extent, codec, retention);
        room = new Room(reserve, extent, retention);
        turnEvents = opened.values().head().events();
    }

    /** Whether retention has the reserve, so that nobody else may write. */
    boolean isReserveOwed() {
        return room.isOwed();
    }

    /** Gives retention the reserve when something is due by now, though no turn has been taken since writing failed. */
    void releaseReserve(Database database, MetaCodec.Head head) throws RocksDBException {
        ages.look(head.offset());
        room.release(database, head);
    }

    /** Takes up what a database that was opened anew has. */
    void reset(Database database) throws RocksDBException {
        retention.reset(database);
        names.reset(database);
        expiry.reset();
    }

    /** What the database says of itself, or ought to. */
    MetaValues values(MetaCodec.Head head) {
        return new MetaValues(
                head,
                extent.oldest,
                extent.epochs,
                retention.gone(),
                retention.removals(),
                names.count(),
                extent.indexedFrom);
    }

    /** Is told of a group before it is written. */
    void begin(CommitGroup group, MetaCodec.Head head) {
        ages.lookBefore(group, head.offset());
    }

    /** Adds to the batch of a group what is counted of it. */
    void put(Database database, WriteBatch batch, CommitGroup group) throws RocksDBException {
        names.put(database, batch, group.keys().size());
    }

    /** Is told of a group that is written. */
    void written(CommitGroup group) {
        names.written(group.keys().size());
        for (Event event : group.events()) {
            Long due = EventCodec.dueMillis(event);
            if (due != null) {
                expiry.added(due);
            }
        }
        group.keys().values().forEach(kept -> expiry.added(kept.expires().toEpochMilli()));
    }

    /** Deletes some of a topic's events. */
    LogStore.Deleted delete(Database database, Topic topic, long from, long upTo, MetaCodec.Head head, boolean sync)
            throws RocksDBException {
        return deletion.proceed(database, topic, from, upTo, ages.look(head.offset()), sync);
    }

    /** Takes a turn, if it is time; returns in how many ms the next one is due. */
    long turn(Database database, MetaCodec.Head head) throws RocksDBException {
        long nowMillis = ages.look(head.offset());
        long added = head.events() - turnEvents;
        if (added < LEAST && System.nanoTime() - turnNanos < EVERY_NANOS) {
            return SOON_MILLIS;
        }
        turnEvents = head.events();
        turnNanos = System.nanoTime();
        if (isMoreDue(database, head, nowMillis, (int) Math.max(LEAST, 2 * added))) {
            turnNanos -= EVERY_NANOS;
            return 0;
        }
        return retention.isWaiting() ? SOON_MILLIS : LATER_MILLIS;
    }

    private boolean isMoreDue(Database database, MetaCodec.Head head, long nowMillis, int most)
            throws RocksDBException {
        boolean isMoreExpired = expiry.trim(database, nowMillis, most);
        boolean isMoreForgotten = names.trim(database, most);
        boolean isMoreRetained = retention.trim(database, head, nowMillis, most);
        room.trimmed(database, head, nowMillis);
        return isMoreExpired || isMoreForgotten || isMoreRetained;
    }
}
