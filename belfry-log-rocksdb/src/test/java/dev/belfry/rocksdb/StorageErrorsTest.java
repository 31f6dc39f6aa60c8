package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.BelfryException.LogStorage;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

class StorageErrorsTest {
    @Test
    void aFullDiskIsOutOfSpace() {
        LogStorage error = StorageErrors.of(failure(Status.SubCode.NoSpace, "No space left on device"));

        assertThat(error.outOfSpace()).isTrue();
        assertThat(error.code()).isEqualTo("log-out-of-space");
        assertThat(error).hasMessage("the disk of the log is full");
    }

    @Test
    void anythingElseIsNot() {
        LogStorage error = StorageErrors.of(failure(Status.SubCode.None, "Input/output error"));

        assertThat(error.outOfSpace()).isFalse();
        assertThat(error.code()).isEqualTo("log-storage");
    }

    /** It goes to strangers. */
    @Test
    void theMessageIsAFixedTextAndTheCauseHasTheRest() {
        RocksDBException cause = failure(Status.SubCode.None, "While open a file: /var/lib/belfry/000042.log");

        LogStorage error = StorageErrors.of(cause);

        assertThat(error).hasMessage("the storage of the log failed").hasCause(cause);
    }

    private static RocksDBException failure(Status.SubCode subCode, String state) {
        return new RocksDBException(new Status(Status.Code.IOError, subCode, state));
    }
}
