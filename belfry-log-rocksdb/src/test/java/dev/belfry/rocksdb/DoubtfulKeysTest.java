package dev.belfry.rocksdb;

import static dev.belfry.rocksdb.Logs.append;
import static dev.belfry.rocksdb.Logs.open;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.CommitGroup;
import dev.belfry.IdempotencyKey;
import dev.belfry.KeptReceipt;
import dev.belfry.LogSettings;
import dev.belfry.LogStore;
import dev.belfry.LogWriter;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Topic;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/** A publication that was refused may be on the disk after all, and its key with it: the publisher comes again with both. */
class DoubtfulKeysTest {
    private static final Publication KEYED =
            new Publication(List.of(Notification.of("a", "x")), IdempotencyKey.of("key", "x".getBytes(UTF_8)));

    @TempDir
    Path directory;

    @Test
    void theKeyOfARefusedPublicationIsFreeAgain() throws Exception {
        try (RocksDbEventLog log = open(directory)) {
            append(log, KEYED);
        }
        reopenWithout(group(KEYED));

        try (RocksDbEventLog log = open(directory)) {
            assertThat(append(log, KEYED).repeated()).isFalse();
            assertThat(log.head().offset()).isEqualTo(1);
        }
    }

    /** As after a failed write of this group, of which the log knows nothing but that it was refused. */
    private void reopenWithout(CommitGroup refused) throws Exception {
        DataDirectory prepared = DataDirectory.prepare(directory);
        SharedDatabase database = new SharedDatabase(Database.open(directory));
        try {
            Extent extent = new Extent(OpenLog.of(database.get()).extent().epochs, 1, 0, 0);
            MetaValues values = new MetaValues(MetaCodec.Head.NONE, 1, null, 0, MetaCodec.removals(null, 1), 0, 0);
            Recovery recovery = new Recovery(prepared, database, extent, new EventCodec());
            recovery.failed(refused, new RocksDBException("failed on purpose"));
            await().until(() -> recovery.tryToReopen(values), found -> found != null);
        } finally {
            database.close();
        }
    }

    /** The group that a store is given of a publication. */
    private static CommitGroup group(Publication publication) {
        Catcher catcher = new Catcher();
        try (LogWriter writer = new LogWriter("catcher", catcher, LogSettings.DEFAULT)) {
            writer.append(publication, Runnable::run).join();
        }
        CommitGroup caught = catcher.caught;
        assertThat(caught).isNotNull();
        return caught;
    }

    private static final class Catcher implements LogStore {
        private volatile @Nullable CommitGroup caught;

        @Override
        public Position next() {
            return new Position(1, 1);
        }

        @Override
        public Instant lastTime() {
            return Instant.EPOCH;
        }

        @Override
        public @Nullable KeptReceipt find(String key) {
            return null;
        }

        @Override
        public void write(CommitGroup group) {
            caught = group;
        }

        @Override
        public Deleted delete(Topic topic, long from, long upTo) {
            return new Deleted(0, upTo + 1, false);
        }

        @Override
        public long trim() {
            return 500;
        }

        @Override
        public Position head() {
            return new Position(1, 0);
        }

        @Override
        public long keptBytes() {
            return 0;
        }

        @Override
        public long keptEvents() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
