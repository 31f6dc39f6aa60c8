package dev.belfry.rocksdb;

import java.nio.file.Path;
import java.util.Set;
import org.rocksdb.RocksDBException;

/** Opens a database for a {@link Repair}, and finds out what is to be repaired. */
final class Repairs {
    private Repairs() {}

    /** Leniently if it has to be, for a file may be damaged so that it cannot even be opened. */
    static Database open(Path path, RocksDBException damage) throws RocksDBException {
        try {
            return Database.open(path, Database.Mode.REPAIR);
        } catch (RocksDBException e) {
            if (!Damage.isDamage(e)) {
                throw e;
            }
            return Database.open(path, Database.Mode.LENIENT_REPAIR);
        }
    }

    /** Repairs what an error tells of, in a log that ran until now. */
    static MetaValues run(Database database, RocksDBException damage, MetaValues known) throws RocksDBException {
        return Repair.run(database, DamagedFiles.families(database, damage), known, damage);
    }

    /** Repairs all that is damaged, in a log that is being opened. */
    static void run(Database database, RocksDBException damage) throws RocksDBException {
        Set<String> families = DamagedFiles.all(database);
        MetaValues found;
        try {
            found = MetaValues.of(database);
        } catch (RocksDBException e) {
            if (!Damage.isDamage(e)) {
                throw e;
            }
            found = MetaValues.ofEvents(database);
        }
        Repair.run(database, families, found, damage);
    }
}
