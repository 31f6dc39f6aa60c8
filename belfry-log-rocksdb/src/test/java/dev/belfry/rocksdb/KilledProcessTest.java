package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class KilledProcessTest {
    private static final int ROUNDS = 4;

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void whatWasAcknowledgedIsThereOnceAndInOrder(Durability durability) throws Exception {
        Map<String, String> acknowledged = new HashMap<>();
        Set<Long> epochs = new HashSet<>();
        Random random = new Random(17);
        for (int round = 0; round < ROUNDS; round++) {
            try (ChildProcess child = ChildProcess.start(Appender.class, directory.toString(), durability.name())) {
                readLines(child.output(), 1 + random.nextInt(3_000), acknowledged);
                child.kill();
                readLines(child.output(), Integer.MAX_VALUE, acknowledged);
                child.await();
            }
            try (RocksDbEventLog log = Logs.open(directory)) {
                assertThat(epochs.add(log.epoch())).isTrue();
                assertHolds(log, acknowledged);
            }
        }
    }

    private static void readLines(BufferedReader output, int count, Map<String, String> acknowledged)
            throws IOException {
        for (int i = 0; i < count; i++) {
            String line = output.readLine();
            if (line == null) {
                return;
            }
            int space = line.indexOf(' ');
            if (line.endsWith(";")) { // the last line may be torn as well
                acknowledged.put(line.substring(0, space), line.substring(space + 1, line.length() - 1));
            }
        }
    }

    private static void assertHolds(RocksDbEventLog log, Map<String, String> acknowledged) {
        List<Event> events = Logs.events(log, EventFilter.ALL);
        Map<String, String> there = events.stream()
                .collect(Collectors.toMap(
                        e -> e.position().toString(), e -> e.data().toString()));
        assertThat(there.values()).doesNotHaveDuplicates();
        assertThat(there.entrySet()).containsAll(acknowledged.entrySet());
        for (int i = 0; i < events.size(); i++) {
            assertThat(events.get(i).position().offset()).isEqualTo(i + 1L);
        }
    }
}
