package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.LIMITS;
import static dev.belfry.rocksdb.Logs.appendNumbers;
import static dev.belfry.rocksdb.Logs.filter;
import static dev.belfry.rocksdb.Logs.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.EventFilter;
import dev.belfry.Gap;
import dev.belfry.Position;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** What a failed sync may leave: more on the disk than was answered, or less. */
@Timeout(60)
class RecoveryTest {
    private static final int ON_DISK = 50;

    @TempDir
    Path directory;

    private Position newest;

    @BeforeEach
    void fill() {
        try (RocksDbEventLog log = open(directory)) {
            appendNumbers(log, 0, ON_DISK);
            newest = log.head();
        }
    }

    @Test
    void whatWasRefusedIsGoneThoughTheDiskHasIt() throws Exception {
        MetaCodec.Head answered = new MetaCodec.Head(30, 1, 1, 30);

        assertThat(reopened(answered)).isEqualTo(answered);

        try (RocksDbEventLog log = open(directory)) {
            assertThat(log.head().offset()).isEqualTo(30);
            assertThat(Logs.events(log, EventFilter.ALL)).hasSize(30);
            appendNumbers(log, 100, 120);
            assertThat(Logs.events(log, filter("numbers"))).hasSize(50).isEqualTo(Logs.events(log, EventFilter.ALL));
        }
    }

    @Test
    void whereAnsweredEventsAreLostAnEpochEnds() throws Exception {
        Position lost = newest.plus(10);

        assertThat(reopened(new MetaCodec.Head(lost.offset(), 1, 1, lost.offset()))
                        .offset())
                .isEqualTo(ON_DISK);

        try (RocksDbEventLog log = open(directory)) {
            assertThat(log.epoch()).isNotEqualTo(newest.epoch());
            assertThat(log.head()).isEqualTo(newest);
            appendNumbers(log, 0, 20);
            Gap gap = log.read(EventFilter.ALL, lost, LIMITS).gap();
            assertThat(gap).isNotNull();
            assertThat(gap.reason()).isEqualTo(Gap.Reason.BEYOND_END);
        }
    }

    private MetaCodec.Head reopened(MetaCodec.Head answered) throws Exception {
        DataDirectory prepared = DataDirectory.prepare(directory);
        SharedDatabase database = new SharedDatabase(Database.open(directory));
        try {
            OpenLog opened = OpenLog.of(database.get());
            Extent extent = new Extent(opened.extent().epochs, 1, answered.offset(), 0);
            Recovery recovery = new Recovery(prepared, database, extent, new EventCodec());
            recovery.failed(null, new RocksDBException("failed on purpose"));
            MetaValues values = new MetaValues(answered, 1, null, 0, MetaCodec.removals(null, 1), 0, 0);
            MetaCodec.Head head = await().until(() -> recovery.tryToReopen(values), found -> found != null);
            byte[] onDisk = database.get().rocks().get(database.get().meta(), Keys.EPOCHS);
            assertThat(MetaCodec.epochs(onDisk).starts()).isEqualTo(extent.epochs.starts());
            return head;
        } finally {
            database.close();
        }
    }
}
