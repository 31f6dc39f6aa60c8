package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
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
            "GET /api/notifications?topic=x HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";

    @Test
    void connectionsThatNeverSendARequestKeepNoPublisherOut(@TempDir Path directory) {
        try (BelfryProcess belfry = BelfryProcess.startBehind("ulimit -n 256", directory);
                Silent idle = new Silent(belfry.port());
                RawHttp publisher = new RawHttp(belfry.port()).send(post())) {
            assertThat(publisher.status()).isEqualTo(201);
            publisher.next();
            for (int i = 0; i < MORE_THAN_THERE_ARE; i++) {
                idle.send(new byte[0]);
            }
            for (int i = 0; i < 50; i++) {
                // on a connection of its own, the log opens files for some of them
                try (RawHttp next = new RawHttp(belfry.port()).send(post())) {
                    assertThat(next.status()).isEqualTo(201);
                }
                idle.send(new byte[0]);
            }
            publisher.send(post());
            assertThat(publisher.status())
                    .as("on the connection that was there first")
                    .isEqualTo(201);
            assertThat(belfry.stderr().lines())
                    .hasSizeBetween(1, 2)
                    .allMatch(line -> line.contains("WARN") && line.contains("connections"))
                    .anyMatch(line -> line.contains("connections full, idle ones are closed max="));
        }
    }

    @Test
    void connectionsThatAreKeptForNoRequestGoTheIdlestFirst(@TempDir Path directory) {
        try (BelfryProcess belfry = BelfryProcess.startBehind("ulimit -n 256", directory);
                Silent kept = new Silent(belfry.port())) {
            for (int i = 0; i < MORE_THAN_THERE_ARE; i++) {
                kept.get("?topic=none", Http.JSON);
            }
            for (int i = 0; i < 50; i++) {
                try (RawHttp next = new RawHttp(belfry.port()).send(post())) {
                    assertThat(next.status()).isEqualTo(201);
                }
            }
        }
    }

    @Test
    void streamsLeaveRoomForPublishersAndWhatIsBeyondThemIsTurnedAway(@TempDir Path directory) {
        try (BelfryProcess belfry = BelfryProcess.startBehind("ulimit -n 256", directory);
                Silent others = new Silent(belfry.port())) {
            List<RawHttp> streams = new ArrayList<>();
            try {
                for (int i = 0; i < 90; i++) {
                    streams.add(new RawHttp(belfry.port()).send(STREAM));
                    assertThat(streams.get(i).status()).isEqualTo(200);
                }
                for (int i = 0; i < MORE_THAN_THERE_ARE; i++) {
                    others.get("", i % 2 == 0 ? Http.SSE : "application/json\r\nPrefer: wait=30");
                }
                for (int i = 0; i < 20; i++) {
                    try (RawHttp next = new RawHttp(belfry.port()).send(post())) {
                        assertThat(next.status()).isEqualTo(201);
                    }
                }
                String id = Http.publishNumbers(belfry, "x", 0, 1).get(0);
                streams.forEach(stream -> stream.untilContains("id: " + id));
            } finally {
                streams.forEach(RawHttp::close);
            }
        }
    }

    private static String post() {
        return "POST /api/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"
                + "Content-Length: 100000\r\n\r\n" + "x".repeat(100_000);
    }
}
