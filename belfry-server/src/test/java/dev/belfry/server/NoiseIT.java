package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What strangers make the server write to its log: a line for debugging at most, and nothing of what they sent. */
class NoiseIT {
    private static final String DEBUG = "--logging.level.dev.belfry=DEBUG";
    private static final String LINE_FOR_DEBUGGING = "\\S+ DEBUG \\S+ .*";

    @Test
    void whateverAStrangerSendsWritesNothingAboveDebug(@TempDir Path directory) throws IOException {
        try (BelfryProcess belfry = BelfryProcess.start(directory, DEBUG)) {
            Attacks attacks = Attacks.inTheClear();
            attacks.makeOn(belfry.port());
            Http.publishNumbers(belfry, "x", 0, 1);
            assertIsQuiet(belfry, attacks);
        }
    }

    @Test
    void aHandshakeThatBreaksWritesNothingAboveDebug(@TempDir Path directory) throws IOException {
        String[] options = Stream.concat(Stream.of(SelfSigned.INSTANCE.serverOptions()), Stream.of(DEBUG))
                .toArray(String[]::new);
        try (BelfryProcess belfry = BelfryProcess.start(directory, options)) {
            Attacks attacks = Attacks.onTls();
            attacks.makeOn(belfry.port());
            Http.publishNumbers(belfry, "x", 0, 1);
            assertIsQuiet(belfry, attacks);
        }
    }

    /** A flood has a line for each of its requests; everything else has one or two. */
    private static void assertIsQuiet(BelfryProcess belfry, Attacks attacks) {
        belfry.stop();
        List<String> lines = belfry.stderr().lines().toList();
        assertThat(lines)
                .hasSizeGreaterThan(attacks.count() / 4)
                .allSatisfy(line -> assertThat(line).matches(LINE_FOR_DEBUGGING).doesNotContain(Attacks.SECRET));
    }
}
