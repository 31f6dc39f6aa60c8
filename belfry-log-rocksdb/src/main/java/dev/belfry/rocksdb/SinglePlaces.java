package dev.belfry.rocksdb;

import java.util.List;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** Asks for the event of one place after the other, which damage elsewhere does not hinder. */
final class SinglePlaces {
    /** So many lost places are told from readable ones one by one; beyond it, what lies between two lost ones counts as lost. */
    private static final int EXACT = 2_000;

    private final RocksDB rocks;
    private final ReadOptions options;
    private final List<Database.Generation> generations;

    SinglePlaces(Database database, ReadOptions options, List<Database.Generation> generations) {
        rocks = database.rocks();
        this.options = options;
        this.generations = generations;
    }

    /** Copies as much of the event as fits. Returns its length; -1 when the place has none. */
    int get(long offset, byte[] value) throws RocksDBException {
        int length = rocks.get(Database.familyOf(generations, offset), options, Keys.offset(offset), value);
        return length == RocksDB.NOT_FOUND ? -1 : length;
    }

    /** The last place, up to {@code last}, of a stretch that begins with a lost one. */
    long endOfLost(long first, long last) throws RocksDBException {
        long lost = first;
        while (lost < last && lost - first < EXACT && isLost(lost + 1)) {
            lost++;
        }
        if (lost - first < EXACT || lost == last) {
            return lost;
        }
        long step = EXACT;
        while (lost + step <= last && isLost(lost + step)) {
            lost += step;
            step *= 2;
        }
        long notLost = Math.min(lost + step, last + 1);
        while (notLost - lost > 1) {
            long middle = lost + (notLost - lost) / 2;
            if (isLost(middle)) {
                lost = middle;
            } else {
                notLost = middle;
            }
        }
        return lost;
    }

    private boolean isLost(long offset) throws RocksDBException {
        try {
            get(offset, new byte[0]);
            return false;
        } catch (RocksDBException e) {
            if (Damage.isDamage(e)) {
                return true;
            }
            throw e;
        }
    }
}
