package dev.belfry.rocksdb;

import dev.belfry.BelfryException.LogUnusable;
import dev.belfry.Chunk;
import dev.belfry.CommitListener;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.LogSettings;
import dev.belfry.LogStatus;
import dev.belfry.LogWriter;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.Receipt;
import dev.belfry.Registration;
import dev.belfry.Topic;
import dev.belfry.TopicPage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The log of a single node, in a directory of its own: one process at a time.
 *
 * <p>Each run begins a new epoch behind what is there, for the one before may have lost its tail; positions up to there stay
 * valid. With {@link Durability#FSYNC} nothing that was answered is missing.
 *
 * <p>Where the design notes are: the tables of the families in {@code Keys}, {@code EventCodec} and {@code KeyCodec}, the
 * directory in {@code DataDirectory}, the memory in {@code Database}.
 */
public final class RocksDbEventLog implements EventLog {
    private final SharedDatabase database;
    private final Extent extent;
    private final EventReader reader;
    private final LogWriter writer;
    private final Clock clock;

    private RocksDbEventLog(
            DataDirectory directory,
            Reserve reserve,
            Database opened,
            OpenLog found,
            LogSettings settings,
            Durability durability) {
        EventCodec codec = new EventCodec();
        database = new SharedDatabase(opened);
        extent = found.extent();
        clock = settings.clock();
        reader = new EventReader(extent, clock, codec);
        writer = new LogWriter(
                "belfry-log",
                new RocksDbStore(directory, reserve, database, found, settings, durability, codec),
                settings);
    }

    /**
     * Opens the log in a directory, which is created when missing. Takes as long as replaying at most 64 MiB of write-ahead
     * log, whatever the log keeps.
     *
     * @param settings as for every log
     * @param durability what a publication that was answered has outlived
     * @throws LogUnusable when the directory cannot be created or written to, is in use by another process, or was written by
     *     a newer version
     */
    public static RocksDbEventLog open(Path directory, LogSettings settings, Durability durability) {
        DataDirectory prepared = DataDirectory.prepare(directory);
        Reserve reserve = Reserve.in(prepared.path());
        try {
            return open(prepared, reserve, settings, durability);
        } catch (LogUnusable e) {
            if (isOutOfSpace(e) && reserve.release()) {
                return open(prepared, reserve, settings, durability);
            }
            throw e;
        }
    }

    private static boolean isOutOfSpace(LogUnusable e) {
        return e.getCause() instanceof RocksDBException cause && StorageErrors.isOutOfSpace(cause);
    }

    private static RocksDbEventLog open(
            DataDirectory prepared, Reserve reserve, LogSettings settings, Durability durability) {
        try {
            return open(prepared, reserve, settings, durability, null);
        } catch (RocksDBException e) {
            if (!Damage.isDamage(e)) {
                throw unusable(prepared, e);
            }
            return openDamaged(prepared, reserve, settings, durability, e);
        }
    }

    private static RocksDbEventLog openDamaged(
            DataDirectory prepared,
            Reserve reserve,
            LogSettings settings,
            Durability durability,
            RocksDBException damage) {
        try {
            return open(prepared, reserve, settings, durability, damage);
        } catch (RocksDBException e) {
            throw unusable(prepared, e);
        }
    }

    private static RocksDbEventLog open(
            DataDirectory prepared,
            Reserve reserve,
            LogSettings settings,
            Durability durability,
            @Nullable RocksDBException damage)
            throws RocksDBException {
        Database database = damage == null
                ? Database.open(prepared.path(), prepared.mode())
                : Repairs.open(prepared.path(), damage);
        try {
            if (damage != null) {
                Repairs.run(database, damage);
            }
            OpenLog found = OpenLog.of(database);
            prepared.upgrade();
            return new RocksDbEventLog(prepared, reserve, database, found, settings, durability);
        } catch (RocksDBException | LogUnusable e) {
            database.close();
            throw e;
        } catch (IOException e) {
            database.close();
            throw unusable(prepared, e);
        }
    }

    private static LogUnusable unusable(DataDirectory directory, Exception e) {
        if (e instanceof RocksDBException cause && StorageErrors.isLocked(cause)) {
            return new LogUnusable("the data directory " + directory.path() + " is in use by another process", e);
        }
        return new LogUnusable("the log in " + directory.path() + " cannot be opened: " + e.getMessage(), e);
    }

    @Override
    public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
        return writer.append(publication, answers);
    }

    @Override
    public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
        return database.read(open -> reader.read(open, filter, after, limits));
    }

    @Override
    public Position head() {
        return extent.headPosition();
    }

    @Override
    public Position oldest() {
        return extent.oldestPosition();
    }

    @Override
    public long epoch() {
        return extent.epochs.current();
    }

    @Override
    public Position positionAt(Instant time) {
        return database.read(open -> reader.positionAt(open, time));
    }

    @Override
    public Optional<Position> positionOf(String alias) {
        return database.read(open -> reader.positionOf(open, alias));
    }

    @Override
    public TopicPage topics(String prefix, Position before, ReadLimits limits) {
        return database.read(open -> reader.topics(open, prefix, before, limits));
    }

    @Override
    public Optional<Position> newestOf(Topic topic) {
        return database.read(open -> reader.newestOf(open, topic));
    }

    @Override
    public CompletableFuture<Long> delete(Topic topic) {
        return writer.delete(topic);
    }

    @Override
    public Registration onCommit(CommitListener listener) {
        return writer.onCommit(listener);
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public LogStatus status() {
        return writer.status();
    }

    /** How many events all reads together have decoded. */
    long eventsDecoded() {
        return reader.decoded();
    }

    @Override
    public void close() {
        writer.close();
    }
}
