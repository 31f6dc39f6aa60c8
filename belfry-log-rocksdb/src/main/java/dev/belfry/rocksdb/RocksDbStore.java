package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException.LogStorage;
import dev.belfry.CommitGroup;
import dev.belfry.Event;
import dev.belfry.KeptReceipt;
import dev.belfry.LogSettings;
import dev.belfry.LogStore;
import dev.belfry.Position;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the writer thread does to the database: one batch for a group, and the trimming in between. */
final class RocksDbStore implements LogStore {
    private static final Logger log = LoggerFactory.getLogger(RocksDbStore.class);

    private final DataDirectory directory;
    private final SharedDatabase database;
    private final Extent extent;
    private final boolean sync;
    private final Clock clock;
    private final Recovery recovery;
    private final RetentionTrimmer retention;
    private final ExpiryTrimmer expiry;
    private MetaCodec.Head head;
    private boolean isMarkedClean;

    RocksDbStore(
            DataDirectory directory,
            SharedDatabase database,
            OpenLog opened,
            LogSettings settings,
            Durability durability,
            EventCodec codec) {
        this.directory = directory;
        this.database = database;
        this.extent = opened.extent();
        this.head = opened.head();
        this.isMarkedClean = opened.isClean();
        this.sync = durability == Durability.FSYNC;
        this.clock = settings.clock();
        this.retention = new RetentionTrimmer(settings.retention(), extent, codec);
        this.expiry = new ExpiryTrimmer(extent, codec, retention);
        this.recovery = new Recovery(directory, database, extent, codec);
    }

    @Override
    public Position next() {
        return extent.epochs.at(head.offset() + 1);
    }

    @Override
    public Instant lastTime() {
        return Instant.ofEpochMilli(head.timeMillis());
    }

    @Override
    public @Nullable KeptReceipt find(String key) {
        try {
            Database open = database.get();
            byte[] value = open.rocks().get(open.idempotency(), key.getBytes(UTF_8));
            return value == null ? null : KeyCodec.decode(value);
        } catch (RocksDBException e) {
            throw StorageErrors.of(e);
        }
    }

    @Override
    public void write(CommitGroup group) {
        unmarkClean();
        try {
            tryToWrite(group);
        } catch (RocksDBException e) {
            writeAgain(group, e);
        }
        recovery.succeeded();
    }

    private void writeAgain(CommitGroup group, RocksDBException failure) {
        recovery.failed(group, failure);
        MetaCodec.Head recovered = recovery.tryToReopen(head);
        if (recovered == null) {
            throw StorageErrors.of(recovery.cause(failure));
        }
        boolean isAsBefore = recovered.equals(head);
        head = recovered;
        retention.reset();
        expiry.reset();
        try {
            if (!isAsBefore) {
                throw failure; // the group's positions are no longer the next ones
            }
            tryToWrite(group);
        } catch (RocksDBException e) {
            recovery.failed(group, e);
            throw StorageErrors.of(e);
        }
    }

    private void unmarkClean() {
        if (isMarkedClean) {
            try {
                directory.unmarkClean();
                isMarkedClean = false;
            } catch (IOException e) {
                throw new LogStorage("the storage of the log failed: " + e, false, e);
            }
        }
    }

    private void tryToWrite(CommitGroup group) throws RocksDBException {
        Database open = database.get();
        try (WriteBatch batch = new WriteBatch();
                WriteOptions options = new WriteOptions().setSync(sync)) {
            EventKeys keys = new EventKeys(open, batch);
            MetaCodec.Head newHead = putEvents(keys, group);
            for (Map.Entry<String, KeptReceipt> key : group.keys().entrySet()) {
                keys.put(key.getKey(), key.getValue());
            }
            batch.put(open.meta(), Keys.HEAD, MetaCodec.encode(newHead));
            open.rocks().write(options, batch);
            head = newHead;
        }
        extent.head = head.offset();
        tellExpiry(group);
    }

    private MetaCodec.Head putEvents(EventKeys keys, CommitGroup group) throws RocksDBException {
        long bytes = head.bytes();
        long timeMillis = head.timeMillis();
        for (Event event : group.events()) {
            byte[] value = EventCodec.encode(event, bytes);
            keys.put(event, value);
            bytes += EventCodec.weight(value, event.topics());
            timeMillis = event.time().toEpochMilli();
        }
        return new MetaCodec.Head(group.newHead(), bytes, timeMillis);
    }

    private void tellExpiry(CommitGroup group) {
        for (Event event : group.events()) {
            Long due = EventCodec.dueMillis(event);
            if (due != null) {
                expiry.added(due);
            }
        }
        group.keys().values().forEach(kept -> expiry.added(kept.expires().toEpochMilli()));
    }

    @Override
    public void trim() {
        if (recovery.isNeeded()) {
            return; // and no line in the log for every try
        }
        try {
            long nowMillis = clock.millis();
            expiry.trim(database.get(), nowMillis);
            retention.trim(database.get(), head, nowMillis);
        } catch (RocksDBException e) {
            throw StorageErrors.of(e);
        }
    }

    @Override
    public void close() {
        boolean isSynced = sync();
        database.close();
        if (isSynced) {
            try {
                directory.markClean(head.offset());
            } catch (IOException e) {
                log.warn("no mark of a clean end, the next start begins a new epoch cause={}", e.toString());
            }
        }
    }

    private boolean sync() {
        try {
            database.get().rocks().syncWal();
            return !recovery.isNeeded();
        } catch (RocksDBException e) {
            log.warn("last sync failed, the next start begins a new epoch cause={}", e.toString());
            return false;
        }
    }
}
