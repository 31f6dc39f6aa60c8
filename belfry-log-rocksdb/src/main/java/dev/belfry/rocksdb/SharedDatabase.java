package dev.belfry.rocksdb;

import dev.belfry.BelfryException.LogClosed;
import dev.belfry.BelfryException.LogStorage;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * The database, shared by its readers and the thread that closes or replaces it. A native call on a closed handle ends the
 * process, so that thread waits until the last reader has left.
 */
final class SharedDatabase {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private @Nullable Database database;
    private boolean closed;

    SharedDatabase(Database database) {
        this.database = database;
    }

    /** What a reader does with the database while it is certainly open. */
    interface Use<T> {
        T with(Database database) throws RocksDBException;
    }

    /** What replaces the database, which is closed by then. */
    interface Reopen {
        Database open() throws RocksDBException;
    }

    /** Any thread. */
    <T> T read(Use<T> use) {
        lock.readLock().lock();
        try {
            return use.with(get());
        } catch (RocksDBException e) {
            throw StorageErrors.of(e);
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Without the lock: for the writer thread, which alone replaces the database and ends before it is closed. */
    Database get() throws RocksDBException {
        if (closed) {
            throw new LogClosed();
        }
        if (database == null) {
            throw new RocksDBException("the database could not be opened again");
        }
        return database;
    }

    /** Closes the database and opens another, while readers wait; there is none when that fails. */
    void replace(Reopen reopen) throws RocksDBException {
        lock.writeLock().lock();
        try {
            closeDatabase();
            database = reopen.open();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** From now on a reader gets {@link LogClosed}; any other failure is a {@link LogStorage}. */
    void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            closeDatabase();
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** As {@link #close()}, and leaves the database to the end of the process. */
    void abandon() {
        lock.writeLock().lock();
        try {
            closed = true;
            database = null;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void closeDatabase() {
        Database open = database;
        database = null;
        if (open != null) {
            open.close();
        }
    }
}
