package dev.belfry.rocksdb;

import dev.belfry.EventLog;
import dev.belfry.LogSettings;
import dev.belfry.testkit.DurableEventLogContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LeftToTheSystemEventLogTest extends DurableEventLogContract {
    @TempDir
    Path directory;

    @Override
    protected EventLog open(LogSettings settings) {
        return RocksDbEventLog.open(directory, settings, Durability.OS);
    }

    @Override
    protected EventLog reopen(LogSettings settings) {
        return open(settings);
    }
}
