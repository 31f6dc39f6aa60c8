package dev.belfry.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException;
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

    private final SharedDatabase database;
    private final Extent extent;
    private final boolean sync;
    private final Clock clock;
    private final Recovery recovery;
    private final RetentionTrimmer retention;
    private final ExpiryTrimmer expiry;
    private final Room room;
    private MetaCodec.Head head;
    private boolean isTrimFailed;
    private boolean isOutOfStep;

    RocksDbStore(
            DataDirectory directory,
            Reserve reserve,
            SharedDatabase database,
            OpenLog opened,
            LogSettings settings,
            Durability durability,
            EventCodec codec) {
        this.database = database;
        this.extent = opened.extent();
        this.head = opened.head();
        this.sync = durability == Durability.FSYNC;
        this.clock = settings.clock();
        this.retention = new RetentionTrimmer(settings, opened, codec);
        this.expiry = new ExpiryTrimmer(extent, codec, retention);
        this.recovery = new Recovery(directory, database, extent, codec);
        this.room = new Room(reserve, extent, retention);
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
        if (room.isOwed() && !(recover() && isNext(group))) {
            throw new LogStorage(true, new IOException("No space left on device but what retention needs"));
        }
        try {
            tryToWrite(group);
        } catch (RocksDBException e) {
            recovery.failed(group, e);
            writeAgain(group, e);
        }
        recovery.succeeded();
    }

    private void writeAgain(CommitGroup group, RocksDBException failure) {
        if (!reopen() || room.isOwed()) {
            throw StorageErrors.of(recovery.cause(failure));
        }
        try {
            if (!isNext(group)) {
                throw failure; // the group's positions are no longer the next ones
            }
            tryToWrite(group);
        } catch (RocksDBException e) {
            recovery.failed(group, e);
            throw StorageErrors.of(e);
        }
    }

    private boolean isNext(CommitGroup group) {
        return next().equals(group.events().get(0).position());
    }

    /** Opens the database again when that is due; whether it can be written to then. */
    private boolean reopen() {
        if (recovery.isDue() && recovery.isOutOfSpace()) {
            releaseReserve();
        }
        MetaCodec.Head recovered = recovery.tryToReopen(head);
        if (recovered == null) {
            return false;
        }
        head = recovered;
        try {
            retention.reset(database.get());
            expiry.reset();
        } catch (RocksDBException e) {
            throw StorageErrors.of(e);
        }
        return true;
    }

    private void releaseReserve() {
        try {
            room.release(database.get(), head, clock.millis());
        } catch (RocksDBException e) {
            log.warn("retention could not find out what is due cause={}", e.toString());
        }
    }

    @Override
    public boolean recover() {
        if (recovery.isNeeded() && !canWriteHead() && !(reopen() && canWriteHead())) {
            return false;
        }
        recovery.succeeded();
        return !room.isOwed();
    }

    /** What is there already, once more. */
    private boolean canWriteHead() {
        try (WriteOptions options = new WriteOptions().setSync(sync)) {
            Database open = database.get();
            open.rocks().put(open.meta(), options, Keys.HEAD, MetaCodec.encode(head));
            return true;
        } catch (RocksDBException e) {
            return false;
        }
    }

    private void tryToWrite(CommitGroup group) throws RocksDBException {
        boolean isBegun = false;
        try (WriteBatch batch = new WriteBatch();
                WriteOptions options = new WriteOptions().setSync(sync)) {
            Database open = database.get();
            MetaCodec.Head newHead = fill(open, batch, group);
            isBegun = true;
            open.rocks().write(options, batch);
            head = newHead;
            extent.head = newHead.offset();
        } catch (BelfryException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            if (isBegun) {
                throw e;
            }
            throw new LogStorage(false, e); // memory ran out, mostly, and nothing has been written
        }
        tellExpiry(group);
    }

    private MetaCodec.Head fill(Database open, WriteBatch batch, CommitGroup group) throws RocksDBException {
        EventKeys keys = new EventKeys(open, batch);
        MetaCodec.Head newHead = putEvents(keys, group);
        for (Map.Entry<String, KeptReceipt> key : group.keys().entrySet()) {
            keys.put(key.getKey(), key.getValue());
        }
        batch.put(open.meta(), Keys.HEAD, MetaCodec.encode(newHead));
        return newHead;
    }

    private MetaCodec.Head putEvents(EventKeys keys, CommitGroup group) throws RocksDBException {
        long bytes = head.bytes();
        long timeMillis = head.timeMillis();
        for (Event event : group.events()) {
            byte[] value = EventCodec.encode(event, bytes);
            keys.put(event, value);
            bytes += EventCodec.weight(value, event);
            timeMillis = event.time().toEpochMilli();
        }
        long events = head.events() + group.events().size();
        return new MetaCodec.Head(group.newHead(), bytes, timeMillis, events);
    }

    /** The group is written: nothing may keep its publishers from being told. */
    private void tellExpiry(CommitGroup group) {
        try {
            for (Event event : group.events()) {
                Long due = EventCodec.dueMillis(event);
                if (due != null) {
                    expiry.added(due);
                }
            }
            group.keys().values().forEach(kept -> expiry.added(kept.expires().toEpochMilli()));
        } catch (RuntimeException | Error e) {
            expiry.reset(); // it looks itself
        }
    }

    @Override
    public void trim() {
        if (recovery.isNeeded() && isTrimFailed) {
            recover(); // perhaps nobody publishes, who would find out
        }
        if (recovery.isNeeded()) {
            return; // and no line in the log for every try
        }
        try {
            isTrimFailed = false;
            trim(database.get(), clock.millis());
        } catch (RocksDBException e) {
            if (!StorageErrors.isOutOfSpace(e)) {
                throw StorageErrors.of(e);
            }
            isTrimFailed = true;
            recovery.failed(null, e);
        }
    }

    private void trim(Database open, long nowMillis) throws RocksDBException {
        if (isOutOfStep) {
            readAnew(open);
        }
        try {
            expiry.trim(open, nowMillis);
            boolean removed = retention.trim(open, head, nowMillis);
            room.trimmed(open, head, nowMillis, removed);
        } catch (RuntimeException | Error e) {
            isOutOfStep = true;
            throw e;
        }
    }

    /** What was removed is in the database, also when memory ran out before everybody had taken note of it. */
    private void readAnew(Database open) throws RocksDBException {
        extent.oldest = MetaCodec.oldest(open.rocks().get(open.meta(), Keys.OLDEST));
        retention.reset(open);
        expiry.reset();
        isOutOfStep = false;
    }

    @Override
    public Position head() {
        return extent.headPosition();
    }

    @Override
    public long keptBytes() {
        return extent.keptBytes;
    }

    @Override
    public long keptEvents() {
        return extent.keptEvents;
    }

    @Override
    public void close() {
        try {
            database.get().rocks().syncWal();
        } catch (RocksDBException e) {
            log.warn("last sync failed cause={}", e.toString());
        }
        database.close();
    }
}
