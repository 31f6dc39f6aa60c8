package dev.belfry.rocksdb;

import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How retention makes room on a full disk: it gets the reserve, the log is opened anew in it, what is due and what is dead goes, and
 * the reserve is made again. Publications wait until then, or they would take what retention needs. Owned by the writer thread.
 */
final class Room {
    private static final Logger log = LoggerFactory.getLogger(Room.class);
    private static final long WORTHWHILE_BYTES = 4L << 20;
    private static final int MAX_SLICES = 50;
    private static final int SLICE = 2_000;
    /** With less, retention could not make the room that the reserve takes. */
    private static final long MIN_KEPT_BYTES = 8L << 20;

    private final Reserve reserve;
    private final Extent extent;
    private final RetentionTrimmer retention;
    private boolean isDropDue;
    private boolean isAdviceGiven;

    Room(Reserve reserve, Extent extent, RetentionTrimmer retention) {
        this.reserve = reserve;
        this.extent = extent;
        this.retention = retention;
        isDropDue = reserve.isOwed();
    }

    /** Whether retention has the reserve, so that nobody else may write. */
    boolean isOwed() {
        return reserve.isOwed();
    }

    /** Gives retention the reserve, when it can make more room than that. The database may be open for reading only. */
    void release(Database database, MetaCodec.Head head) throws RocksDBException {
        boolean helps =
                retention.isDue(database, head) || DeadEvents.bytes(database, extent.oldest) >= WORTHWHILE_BYTES;
        if (helps && reserve.release()) {
            isDropDue = true;
        } else if (!reserve.isOwed() && !isAdviceGiven) {
            isAdviceGiven = true;
            log.warn(
                    "the disk is full, and retention {}: free other space, enlarge the disk, or keep less",
                    helps ? "has no reserve to begin with" : "has nothing to remove");
        }
    }

    /** Goes on after a slice, when retention has the reserve; otherwise sees to it that there is one. */
    void trimmed(Database database, MetaCodec.Head head, long nowMillis) throws RocksDBException {
        if (!reserve.isOwed()) {
            isAdviceGiven = false;
            if (extent.keptBytes >= MIN_KEPT_BYTES) {
                reserve.grow();
            }
            return;
        }
        boolean more = true;
        for (int slices = 0; more && slices < MAX_SLICES; slices++) {
            more = retention.trimNow(database, head, nowMillis, SLICE);
            isDropDue |= more;
        }
        if (isDropDue) {
            DeadEvents.drop(database, extent.oldest);
            isDropDue = false;
        }
        if (!more) {
            reserve.restore();
        }
    }
}
