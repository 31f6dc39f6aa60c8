package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Large bodies on a small heap. */
class LittleMemoryIT {
    private static final int LARGE = 3_900_000;
    private static final int AT_ONCE = 8;
    private static final List<String> SMALL_HEAP = List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final ExecutorService clients = Executors.newFixedThreadPool(AT_ONCE);
    private BelfryProcess belfry;

    @BeforeEach
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.startWithJvm(SMALL_HEAP, directory);
    }

    @AfterEach
    void stop() {
        clients.shutdownNow();
        belfry.close();
    }

    private List<Integer> postAtOnce(String json) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            answers.add(CompletableFuture.supplyAsync(() -> Http.postJson(belfry.notifications(""), json), clients));
        }
        return answers.stream()
                .map(answer -> answer.orTimeout(30, TimeUnit.SECONDS).join())
                .peek(answer -> assertThat(
                                answer.statusCode() == 201 || Http.code(answer).equals("too-many-bodies"))
                        .isTrue())
                .map(HttpResponse::statusCode)
                .toList();
    }

    @Test
    void eachOfEightLargeBodiesAtOnceIsAnswered() {
        String json = Http.notification("x", "x".repeat(LARGE));

        for (int round = 0; round < 3; round++) {
            assertThat(postAtOnce(json)).contains(201);
        }

        assertThat(belfry.stderr()).doesNotContain("OutOfMemory");
        Http.publishNumbers(belfry, "x", 0, 1);
    }

    @Test
    void nineConnectionsThatAnnounceMuchAndSendLittleKeepNobodyOut() throws IOException {
        List<RawHttp> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 9; i++) {
                slow.add(new RawHttp(belfry.port()).send(head(LARGE) + "x"));
            }
            assertThat(Http.postJson(belfry.notifications(""), Http.notification("x", "x".repeat(LARGE)))
                            .statusCode())
                    .isEqualTo(201);
        } finally {
            slow.forEach(RawHttp::close);
        }
    }

    /** A server that lives on and publishes nothing is what nobody would start again. */
    @Test
    void whenMemoryRunsOutItGoesOnOrItEndsForASupervisorToStartIt() {
        String json = Http.notification("x", "x".repeat(LARGE));
        Http.postJson(belfry.notifications(""), json);
        List<RawHttp> readNothing = new ArrayList<>();
        try {
            for (int i = 0; i < 60 && belfry.isAlive(); i++) {
                readNothing.add(
                        RawHttp.request(belfry.port(), "GET /api/notifications?topic=x HTTP/1.1\nHost: localhost"));
            }
        } catch (UncheckedIOException e) {
            // it has ended, or takes no more
        } finally {
            readNothing.forEach(RawHttp::close);
        }

        await().atMost(60, TimeUnit.SECONDS).until(() -> !belfry.isAlive() || publishes());
        if (!belfry.isAlive()) {
            assertThat(belfry.awaitExit()).isEqualTo(FatalExit.CODE);
            assertThat(belfry.stderr()).contains("failed, and cannot go on what=");
        }
    }

    private boolean publishes() {
        try {
            return Http.postJson(belfry.notifications(""), Http.notification("x", "small"))
                            .statusCode()
                    == 201;
        } catch (RuntimeException | AssertionError e) {
            return false;
        }
    }

    private static String head(int length) {
        return "POST /api/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n";
    }
}
