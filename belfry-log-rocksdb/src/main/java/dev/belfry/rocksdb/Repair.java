package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Set;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts damaged files where nothing compacts them, for a compaction that fails ends all writing. Events stay where they are, in a generation
 * that is only read. Everything else follows from them, or can be done without: its family is begun anew.
 */
final class Repair {
    private static final Logger log = LoggerFactory.getLogger(Repair.class);
    private static final int BATCH = 10_000;

    private final Database database;
    private MetaValues values;

    private Repair(Database database, MetaValues values) {
        this.database = database;
        this.values = values;
    }

    /**
     * Repairs a database that is opened for it, and lets compactions begin.
     *
     * @param values what its family {@code default} has, or ought to have
     */
    static MetaValues run(Database database, Set<String> families, MetaValues values, RocksDBException cause)
            throws RocksDBException {
        Repair repair = new Repair(database, values);
        for (String family : families) {
            repair.repair(family, cause);
        }
        if (!families.isEmpty()) {
            repair.putValues();
        }
        database.startCompactions();
        return repair.values;
    }

    private void repair(String family, RocksDBException cause) throws RocksDBException {
        long next = values.head().offset() + 1;
        if (family.startsWith("events")) {
            if (database.isCurrent(family)) {
                say(family, "what can be read of it stays, new events go elsewhere", cause);
                database.beginGeneration(next);
            }
        } else if (family.equals("default") || family.startsWith("meta@")) {
            if (database.isCurrent(family)) {
                say(family, "it is written anew", cause);
                database.replaceMeta();
                putValues();
            }
        } else if (family.startsWith("trimmed")) {
            say(family, "it is begun anew, cursors older than the oldest event get a gap", cause);
            values = values.forgetRemovals();
            putValues();
            database.recreate("trimmed");
            database.recreate("trimmed-order");
        } else if (family.equals("topics")) {
            say(family, "it is begun anew, reading a topic looks at all earlier events", cause);
            values = values.indexedFrom(next);
            putValues();
            database.recreate(family);
        } else if (family.equals("expiry")) {
            say(family, "it is begun anew, retention removes what its own time would have", cause);
            database.recreate(family);
            expireNames();
        } else if (family.equals("idempotency")) {
            say(family, "it is begun anew, earlier idempotency keys are not known", cause);
            database.recreate(family);
        } else {
            say(family, "it is begun anew, publishers' ids of earlier events are not found", cause);
            database.recreate(family);
        }
    }

    private static void say(String family, String consequence, RocksDBException cause) {
        log.error("a file of the log is damaged family={} cause={}: {}", family, Damage.text(cause), consequence);
    }

    private void putValues() throws RocksDBException {
        try (WriteBatch batch = new WriteBatch();
                WriteOptions sync = new WriteOptions().setSync(true)) {
            values.put(database, batch);
            database.rocks().write(sync, batch);
        }
    }

    /** Idempotency keys say themselves when they end. */
    private void expireNames() throws RocksDBException {
        long names = 0;
        try (ReadOptions options = new ReadOptions().setFillCache(false);
                RocksIterator all = database.rocks().newIterator(database.idempotency(), options);
                WriteBatch batch = new WriteBatch();
                WriteOptions write = new WriteOptions()) {
            for (all.seekToFirst(); all.isValid(); all.next(), names++) {
                byte[] name = Arrays.copyOf(all.key(), all.key().length);
                long expires = KeyCodec.expiresMillis(all.value());
                batch.put(database.expiry(), Keys.expiry(expires, new String(name, UTF_8)), new byte[0]);
                if (batch.count() == BATCH) {
                    database.rocks().write(write, batch);
                    batch.clear();
                }
            }
            database.rocks().write(write, batch);
        }
        values = new MetaValues(
                values.head(),
                values.oldest(),
                values.epochs(),
                values.gone(),
                values.removals(),
                names,
                values.indexedFrom());
    }
}
