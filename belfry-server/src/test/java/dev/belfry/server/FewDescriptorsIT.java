package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A process that may have 256 file descriptors, and clients that want more. */
@EnabledOnOs(OS.LINUX)
class FewDescriptorsIT {
    private static final int MORE_THAN_THERE_ARE = 400;
    private static final String STREAM =
            "GET /api/notifications HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";

    @Test
    void whatIsBeyondTheConnectionsIsClosedAtOnceAndTheRestGoesOn(@TempDir Path directory) {
        try (BelfryProcess belfry = BelfryProcess.startBehind("ulimit -n 256", directory);
                RawHttp publisher = new RawHttp(belfry.port()).send(post())) {
            assertThat(publisher.status()).isEqualTo(201);
            publisher.next();
            List<RawHttp> streams = new ArrayList<>();
            try {
                int closedAtOnce = 0;
                for (int i = 0; i < MORE_THAN_THERE_ARE; i++) {
                    streams.add(new RawHttp(belfry.port()));
                    closedAtOnce += isClosedAtOnce(streams.get(i)) ? 1 : 0;
                }
                assertThat(closedAtOnce).isGreaterThan(MORE_THAN_THERE_ARE - 256);

                // the log, which opens files, and who is connected
                for (int i = 0; i < 20; i++) {
                    publisher.send(post());
                    assertThat(publisher.status()).isEqualTo(201);
                    publisher.next();
                }
                assertThat(belfry.stderr().lines())
                        .singleElement()
                        .asString()
                        .contains("WARN")
                        .contains("connections refused max=");
            } finally {
                streams.forEach(RawHttp::close);
            }
            Http.forgetConnections();
            assertThat(Http.publishNumbers(belfry, "x", 0, 1)).hasSize(1);
        }
    }

    private static String post() {
        return "POST /api/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                + "Content-Length: 1000000\r\n\r\n" + "x".repeat(1_000_000);
    }

    /** Sends its request; an answer that is due comes, and never nothing at all. */
    private static boolean isClosedAtOnce(RawHttp http) {
        try {
            http.send(STREAM);
            return http.status() != 200;
        } catch (UncheckedIOException e) {
            return true;
        }
    }
}
