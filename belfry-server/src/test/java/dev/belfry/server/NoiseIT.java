package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.LineRates;
import dev.belfry.testkit.OddRequests;
import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
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

    @Test
    void whatIsMadeUpAtRandomAnd5000ResetsWriteALineASecondForACauseAtMost(@TempDir Path directory) throws IOException {
        int management = BelfryProcess.freePort();
        try (BelfryProcess belfry = BelfryProcess.start(directory, DEBUG, "--management.server.port=" + management)) {
            OddRequests odd = new OddRequests(7);
            for (int i = 0; i < 400; i++) {
                assertThat(odd.sendTo(i % 4 == 0 ? management : belfry.port())).doesNotContain("HTTP/1.1 500 ");
            }
            try (RawHttp2 connection = new RawHttp2(belfry.port())) {
                for (int stream = 1; stream < 10_000; stream += 2) {
                    connection.send(new Http2Frames()
                            .get(stream, "x", OddRequests.MARKER)
                            .reset(stream));
                }
            }
            Http.publishNumbers(belfry, "x", 0, 1);
            belfry.stop();
            assertIsRare(belfry.stderr());
        }
    }

    private static void assertIsRare(String log) {
        LineRates rates = new LineRates();
        for (String line : log.lines().toList()) {
            assertThat(line).matches("\\d{4}-\\S+ .*").doesNotContain(OddRequests.MARKER);
            String[] parts = line.split(" +", 3);
            if (!parts[1].equals("DEBUG")) {
                String cause = parts[2].replaceAll("=\\S+", "=");
                rates.add(cause, OffsetDateTime.parse(parts[0]).toInstant());
            }
        }
        rates.assertRare();
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
