package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.RawHttp2Stream;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that close their side of the connection behind the request, as {@code nc -N} does. */
class HalfClosedIT {
    private static final String REST = " HTTP/1.1\r\nHost: localhost\r\n";
    private static final String POST =
            "POST /api/notifications/x" + REST + "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n";

    private static BelfryProcess belfry;

    @BeforeAll
    static void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory);
    }

    @AfterAll
    static void stop() {
        belfry.close();
    }

    private static RawHttp halfClosed(String request) {
        RawHttp http = new RawHttp(belfry.port()).send(request);
        http.endSending();
        return http;
    }

    @Test
    void aRequestThatWasCompleteIsAnsweredAndThenTheConnectionIsClosed() {
        try (RawHttp http = halfClosed(POST + "ab")) {
            assertThat(http.status()).isEqualTo(201);
            assertThat(http.bodyByLength()).contains("\"ids\"");
            assertThat(http.next().untilEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /api/noti", POST + "a"})
    void whatWasNotCompleteEndsAtOnce(String request) {
        try (RawHttp http = halfClosed(request)) {
            assertThat(http.untilEnd()).doesNotContain("201");
        }
    }

    /** A client that has gone looks just like this one. */
    @Test
    void aStreamEndsWhenItsClientClosesItsSide() {
        try (RawHttp http = new RawHttp(belfry.port())
                .send("GET /api/notifications" + REST + "Accept: text/event-stream\r\n\r\n")) {
            assertThat(http.status()).isEqualTo(200);
            http.untilContains("retry:");
            http.endSending();
            assertThat(http.bodyToEnd()).doesNotContain("id:");
        }
        try (RawHttp http = halfClosed("GET /api/notifications" + REST + "Accept: text/event-stream\r\n\r\n")) {
            http.untilEnd();
        }
    }

    @Test
    void streamsOfHttp2EndWhenTheirClientHasGone() throws Exception {
        try (RawHttp2Stream client = new RawHttp2Stream(belfry.port(), 1 << 16)) {
            client.readUntil("retry:");
            await().until(() -> subscribers().contains("\"matching\":1"));
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> subscribers().contains("\"matching\":0"));
    }

    private static String subscribers() {
        try (RawHttp http = new RawHttp(belfry.port()).send("GET /api/subscribers" + REST + "\r\n")) {
            return http.bodyByLength();
        }
    }

    @Test
    void aLongPollOfAClientThatHasGoneIsNotHeldToItsEnd() {
        try (RawHttp http = halfClosed("GET /api/notifications?after=now" + REST + "Prefer: wait=60\r\n\r\n")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> http.untilEnd().isEmpty());
        }
    }
}
