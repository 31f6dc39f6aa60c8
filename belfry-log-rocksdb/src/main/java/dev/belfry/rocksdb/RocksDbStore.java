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
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the writer thread does to the database: one batch for a group, and the trimming in between. */
final class RocksDbStore implements LogStore {
    private static final Logger log = LoggerFactory.getLogger(RocksDbStore.class);

    private static final long REPAIR_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final SharedDatabase database;
    private final Extent extent;
    private final boolean sync;
    private final Recovery recovery;
    private final Upkeep upkeep;
    private final DirectoryWatch directory;
    private final HeadFile headFile;
    private MetaCodec.Head head;
    private boolean isTrimFailed;
    private @Nullable String repairedFile;
    private long repairedNanos = System.nanoTime() - REPAIR_NANOS;

    /** Memory ran out before everybody had taken note of what is in the database. */
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
        this.head = opened.values().head();
        this.sync = durability == Durability.FSYNC;
        this.upkeep = new Upkeep(reserve, opened, settings, codec);
        this.recovery = new Recovery(directory, database, extent, codec);
        this.directory = new DirectoryWatch(directory.path());
        this.headFile = new HeadFile(directory.path());
        headFile.isAheadOf(extent.headPosition());
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
            if (Damage.isDamage(e)) {
                extent.damage.suspect(e);
                return null; // better twice than not at all
            }
            throw StorageErrors.of(e);
        }
    }

    @Override
    public void write(CommitGroup group) {
        upkeep.begin(group, head);
        if (!directory.wasThere()) {
            throw gone();
        }
        if (upkeep.isReserveOwed() && !(recover() && isNext(group))) {
            throw new LogStorage(true, new IOException("No space left on device but what retention needs"));
        }
        try {
            tryToWrite(group);
        } catch (RocksDBException e) {
            recovery.failed(group, e);
            if (!directory.isAllThere()) {
                throw gone();
            }
            writeAgain(group, e);
        }
        recovery.succeeded();
    }

    private static LogStorage gone() {
        return new LogStorage(false, new IOException("the data directory is gone"));
    }

    private void writeAgain(CommitGroup group, RocksDBException failure) {
        boolean isOpen = Damage.isDamage(failure) ? repair(failure) : reopen();
        if (!isOpen || upkeep.isReserveOwed()) {
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
        return takeUp(recovery.tryToReopen(upkeep.values(head)));
    }

    /** Opens it at once, without what is damaged. Where that did not help, it is not done for each publication. */
    private boolean repair(RocksDBException damage) {
        String file = Damage.fileOf(damage);
        if (!isRepairDue() && Objects.equals(file, repairedFile)) {
            return reopen();
        }
        repairedNanos = System.nanoTime();
        repairedFile = file;
        return takeUp(recovery.repair(upkeep.values(head), damage));
    }

    private boolean isRepairDue() {
        return System.nanoTime() - repairedNanos >= REPAIR_NANOS;
    }

    private boolean takeUp(MetaCodec.@Nullable Head recovered) {
        if (recovered == null) {
            return false;
        }
        head = recovered;
        try {
            upkeep.reset(database.get());
        } catch (RocksDBException e) {
            throw StorageErrors.of(e);
        }
        return true;
    }

    private void releaseReserve() {
        try {
            upkeep.releaseReserve(database.get(), head);
        } catch (RocksDBException e) {
            log.warn("retention could not find out what is due cause={}", e.toString());
        }
    }

    @Override
    public boolean recover() {
        if (!directory.isAllThere()) {
            return false;
        }
        if (recovery.isNeeded()) {
            boolean isWritable = !recovery.isReopeningNeeded() && canWriteHead();
            if (!isWritable && !(reopen() && canWriteHead())) {
                return false;
            }
        }
        recovery.succeeded();
        return !upkeep.isReserveOwed();
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
            if (!directory.isThere()) {
                recovery.failedAfterwards(group, new RocksDBException("the data directory is gone"));
                throw gone();
            }
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
        tellUpkeep(group);
    }

    private MetaCodec.Head fill(Database open, WriteBatch batch, CommitGroup group) throws RocksDBException {
        EventKeys keys = new EventKeys(open, batch);
        MetaCodec.Head newHead = putEvents(keys, group);
        for (Map.Entry<String, KeptReceipt> key : group.keys().entrySet()) {
            keys.put(key.getKey(), key.getValue());
        }
        upkeep.put(open, batch, group);
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
    private void tellUpkeep(CommitGroup group) {
        try {
            upkeep.written(group);
        } catch (RuntimeException | Error e) {
            isOutOfStep = true;
        }
    }

    @Override
    public long trim() {
        // each write has looked
        if (!directory.wasThereLately()) {
            return Upkeep.LATER_MILLIS;
        }
        if (recovery.isNeeded() && isTrimFailed) {
            recover(); // perhaps nobody publishes, who would find out
        }
        if (recovery.isNeeded()) {
            return Upkeep.LATER_MILLIS; // and no line in the log for every try
        }
        RocksDBException suspicion = isRepairDue() ? extent.damage.takeSuspicion() : null;
        if (suspicion != null) {
            repair(suspicion);
        }
        headFile.note(extent.headPosition());
        try {
            isTrimFailed = false;
            return upkeep(database.get());
        } catch (RocksDBException e) {
            trimFailed(e);
            return Upkeep.LATER_MILLIS;
        }
    }

    private long upkeep(Database open) throws RocksDBException {
        if (isOutOfStep) {
            extent.oldest = MetaCodec.oldest(open.rocks().get(open.meta(), Keys.OLDEST));
            upkeep.reset(open);
            isOutOfStep = false;
        }
        try {
            return upkeep.turn(open, head);
        } catch (RuntimeException | Error e) {
            isOutOfStep = true;
            throw e;
        }
    }

    private void trimFailed(RocksDBException e) {
        if (Damage.isDamage(e)) {
            extent.damage.suspect(e);
        } else if (StorageErrors.isOutOfSpace(e)) {
            isTrimFailed = true;
            recovery.failed(null, e);
        } else {
            throw StorageErrors.of(e);
        }
    }

    @Override
    public long damagedEvents() {
        return extent.damage.events();
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
        boolean isThere = directory.isAllThere();
        if (isThere) {
            headFile.write(extent.headPosition());
        }
        if (isThere || !directory.isAny()) {
            database.close();
        } else {
            database.abandon(); // closing would write to a directory that is another one by now
        }
    }
}
