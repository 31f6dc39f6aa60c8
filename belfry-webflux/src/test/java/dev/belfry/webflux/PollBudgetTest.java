package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Notification;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.testkit.LeakProbe;
import dev.belfry.testkit.RawHttp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers to polls count until they are written, and need no room where there is no body. */
class PollBudgetTest {
    private static final long ALL = 1L << 40;

    private final TestServer server = new TestServer();
    private final MemoryBudget budget = server.streams.budget();

    @AfterEach
    void close() {
        await().until(() -> budget.heldBytes() == 0);
        server.close();
    }

    @AfterAll
    static void nothingHasLeaked() {
        LeakProbe.assertNoLeaks();
    }

    private void publish(int count, int bytes) {
        for (int i = 0; i < count; i++) {
            server.hub.publish(Notification.of("a", "x".repeat(bytes))).block();
        }
    }

    private MemoryBudget.Hold fill(Use use) {
        MemoryBudget.Hold all = budget.open(use, null);
        all.force(ALL);
        return all;
    }

    private RawHttp poll(String method, String... fields) {
        String head = method + " /api/notifications?after=earliest HTTP/1.1\nHost: localhost\nConnection: close";
        return RawHttp.request(server.port(), fields.length == 0 ? head : head + "\n" + String.join("\n", fields));
    }

    @Test
    void withoutRoomAPollIsToldToComeAgainAndWithoutABodyItNeedsNone() {
        publish(1, 10);
        String etag;
        try (RawHttp first = poll("GET")) {
            etag = first.header("ETag");
        }
        try (MemoryBudget.Hold all = fill(Use.ANSWERS)) {
            assertThat(all.bytes()).isEqualTo(ALL);
            try (RawHttp refused = poll("GET")) {
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.header("Retry-After")).isNotEmpty();
                assertThat(refused.bodyToEnd()).contains("\"code\":\"too-many-answers\"");
            }
            try (RawHttp known = poll("GET", "If-None-Match: " + etag)) {
                assertThat(known.status()).isEqualTo(304);
            }
            try (RawHttp head = poll("HEAD")) {
                assertThat(head.status()).isEqualTo(200);
                assertThat(head.header("ETag")).isEqualTo(etag);
            }
        }
        try (RawHttp again = poll("GET")) {
            assertThat(again.status()).isEqualTo(200);
        }
    }

    @Test
    void answersBecomeShorterBeforeTheyAreRefused() {
        publish(10, 100_000);
        try (RawHttp whole = poll("GET")) {
            assertThat(whole.bodyToEnd()).hasSizeGreaterThan(1_000_000);
        }
        try (MemoryBudget.Hold all = fill(Use.LARGE_ANSWERS)) {
            assertThat(all.bytes()).isEqualTo(ALL);
            try (RawHttp shorter = poll("GET")) {
                assertThat(shorter.status()).isEqualTo(200);
                assertThat(shorter.bodyToEnd()).hasSizeBetween(100_000, 200_000).contains("\"next\":");
            }
        }
    }

    @Test
    void aClientThatGoesLeavesNothing() {
        publish(4, 900_000);
        for (int i = 0; i < 50; i++) {
            RawHttp gone = poll("GET");
            gone.resetOnClose();
            gone.close();
        }
        await().until(() -> {
            try (RawHttp whole = poll("GET")) {
                return whole.status() == 200;
            }
        });
    }

    @Test
    void aPollThatWaitsTakesThePlaceOfAStreamAndGivesItBack() {
        try (RawHttp waiting = poll("GET", "Prefer: wait=30")) {
            await().until(() -> server.streams.size() == 1);
            publish(1, 10);
            assertThat(waiting.status()).isEqualTo(200);
            await().until(() -> server.streams.size() == 0);
        }
    }
}
