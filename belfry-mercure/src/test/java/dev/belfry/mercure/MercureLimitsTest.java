package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import dev.belfry.webflux.ClientLimits;
import dev.belfry.webflux.LimitSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The hub shares the limits and the headers of the endpoint. */
class MercureLimitsTest {
    private static final LimitSettings.Rate TWO_AN_HOUR = new LimitSettings.Rate(2, Duration.ofHours(1));

    private final TestHub hub = new TestHub(
            TestHub.settings(false, false),
            false,
            new ClientLimits(new LimitSettings(null, TWO_AN_HOUR, null, null, null, 1), 1));

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void publishingMoreThanTheLimitIsRefusedAndNothingIsStored() {
        hub.published("topic", "a", "data", "1");
        hub.published("topic", "a", "data", "2");
        try (RawHttp refused = hub.request("POST", MercureSettings.PATH, TestHub.form("topic", "a", "data", "3"))) {
            assertThat(refused.status()).isEqualTo(429);
            assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 3600);
        }
        assertThat(hub.log.status().keptEvents()).isEqualTo(2);
    }

    @Test
    void aStreamBeyondTheLimitIsSentAwayForAWhile() {
        try (RawHttp first = hub.subscribe("topic=a")) {
            first.untilContains("\n\n");
            try (RawHttp second = hub.subscribe("topic=a", "Connection: close")) {
                assertThat(second.bodyToEnd()).containsPattern("retry: [0-9]{4,}");
                assertThat(second.status()).isEqualTo(200);
            }
        }
    }

    @Test
    void everyAnswerTellsBrowsersToTakeItForNothingElse() {
        try (RawHttp stream = hub.subscribe("topic=a");
                RawHttp refused = hub.request("DELETE", MercureSettings.PATH, "")) {
            assertThat(stream.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(refused.header("X-Content-Type-Options")).isEqualTo("nosniff");
        }
    }
}
