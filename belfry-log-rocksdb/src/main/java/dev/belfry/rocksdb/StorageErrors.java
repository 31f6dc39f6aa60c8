package dev.belfry.rocksdb;

import dev.belfry.BelfryException.LogStorage;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB's errors mean for a caller of the log. */
final class StorageErrors {
    private StorageErrors() {}

    static LogStorage of(RocksDBException e) {
        return new LogStorage(isOutOfSpace(e), e);
    }

    static boolean isOutOfSpace(RocksDBException e) {
        Status status = e.getStatus();
        return (status != null && status.getSubCode() == Status.SubCode.NoSpace)
                || String.valueOf(e.getMessage()).contains("No space left");
    }

    /** RocksDB has no code for it: the lock is an IO error whose message names the file LOCK. */
    static boolean isLocked(RocksDBException e) {
        String message = String.valueOf(e.getMessage());
        return message.contains("LOCK") && message.contains("lock ");
    }
}
