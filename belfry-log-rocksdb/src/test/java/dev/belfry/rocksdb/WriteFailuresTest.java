package dev.belfry.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
@EnabledOnOs(OS.LINUX) // prlimit
class WriteFailuresTest {
    @TempDir
    Path directory;

    /** For less than a second the database stays open; for longer it is opened again, for reading only. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void readersGoOnAndPublishingComesBackByItself(int seconds) throws Exception {
        try (ChildProcess child =
                ChildProcess.start(WriteFailures.class, directory.toString(), Integer.toString(seconds))) {
            String output;
            try (BufferedReader reader = child.output()) {
                output = reader.lines().collect(Collectors.joining("\n"));
            }
            assertThat(child.await()).as(output).isZero();
        }
    }
}
