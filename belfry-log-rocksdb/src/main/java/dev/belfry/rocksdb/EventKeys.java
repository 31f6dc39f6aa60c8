package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Event;
import dev.belfry.KeptReceipt;
import dev.belfry.Topic;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** Puts everything that belongs to an event or an idempotency key into a batch, and takes it all out again. */
final class EventKeys {
    private final Database database;
    private final WriteBatch batch;

    EventKeys(Database database, WriteBatch batch) {
        this.database = database;
        this.batch = batch;
    }

    void put(Event event, byte[] value) throws RocksDBException {
        long offset = event.position().offset();
        batch.put(database.events(offset), Keys.offset(offset), value);
        for (Topic topic : event.topics()) {
            batch.put(database.topics(), topicKey(topic, offset), new byte[0]);
        }
        if (event.alias() != null) {
            batch.put(database.aliases(), aliasKey(event.alias(), offset), new byte[0]);
        }
        Long due = EventCodec.dueMillis(event);
        if (due != null) {
            batch.put(database.expiry(), Keys.expiry(due, offset), new byte[0]);
        }
    }

    void delete(Event event) throws RocksDBException {
        long offset = event.position().offset();
        batch.delete(database.events(offset), Keys.offset(offset));
        deleteIndex(event);
    }

    /** All but the event itself. */
    void deleteIndex(Event event) throws RocksDBException {
        long offset = event.position().offset();
        for (Topic topic : event.topics()) {
            batch.delete(database.topics(), topicKey(topic, offset));
        }
        deleteNames(event);
    }

    /** Its alias and its end. */
    void deleteNames(Event event) throws RocksDBException {
        long offset = event.position().offset();
        if (event.alias() != null) {
            batch.delete(database.aliases(), aliasKey(event.alias(), offset));
        }
        Long due = EventCodec.dueMillis(event);
        if (due != null) {
            batch.delete(database.expiry(), Keys.expiry(due, offset));
        }
    }

    void put(String key, KeptReceipt kept) throws RocksDBException {
        batch.put(database.idempotency(), key.getBytes(UTF_8), KeyCodec.encode(kept));
        batch.put(database.expiry(), Keys.expiry(kept.expires().toEpochMilli(), key), new byte[0]);
    }

    void delete(String key, KeptReceipt kept) throws RocksDBException {
        batch.delete(database.idempotency(), key.getBytes(UTF_8));
        batch.delete(database.expiry(), Keys.expiry(kept.expires().toEpochMilli(), key));
    }

    private static byte[] aliasKey(String alias, long offset) {
        return Keys.named(alias.getBytes(UTF_8), offset);
    }

    private static byte[] topicKey(Topic topic, long offset) {
        return Keys.topic(topic.name().getBytes(UTF_8), offset);
    }
}
