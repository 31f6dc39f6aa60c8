package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Permissions;
import dev.belfry.webflux.LimitSettings.Rate;
import dev.belfry.wire.Problem;
import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

/** Buckets and counts of clients, by a clock of the test's own. */
class ClientLimitsTest {
    private static final Rate TEN_IN_TEN_SECONDS = new Rate(10, Duration.ofSeconds(10));

    private final ManualMeter clock = new ManualMeter();

    private static final class ManualMeter implements TimeMeter {
        private long nanos;

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }

        void advance(Duration by) {
            nanos += by.toNanos();
        }
    }

    private ClientLimits limits(LimitSettings settings) {
        return new ClientLimits(settings, 1000, clock);
    }

    private static ClientLimits.Client client(ClientLimits limits, String subject, String address) {
        MockServerHttpRequest request = MockServerHttpRequest.get("/")
                .remoteAddress(new InetSocketAddress(address, 4711))
                .build();
        Permissions permissions = new Permissions(subject, Set.of(), Set.of(), null);
        return limits.client(MockServerWebExchange.from(request), permissions);
    }

    private static void assertRefused(Runnable call, Duration retryAfter) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(Problem.class, problem -> {
            assertThat(problem.status()).isEqualTo(429);
            assertThat(problem.code()).isEqualTo("rate-limited");
            assertThat(problem.retryAfter()).isEqualTo(retryAfter);
        });
    }

    private static LimitSettings publishing(Rate perSubject, Rate perAddress) {
        return new LimitSettings(perSubject, perAddress, null, null, null, null);
    }

    @Test
    void aSubjectHasItsOwnBucketWhereverItComesFrom() {
        ClientLimits limits = limits(publishing(TEN_IN_TEN_SECONDS, null));
        client(limits, "ann", "10.0.0.1").publish(6);
        client(limits, "ann", "10.0.0.2").publish(4);
        assertRefused(() -> client(limits, "ann", "10.0.0.3").publish(1), Duration.ofSeconds(1));
        assertRefused(() -> client(limits, "ann", "10.0.0.3").checkPublish(), Duration.ofSeconds(1));
        client(limits, "bob", "10.0.0.1").publish(10);
        for (int i = 0; i < 100; i++) {
            client(limits, null, "10.0.0.1").publish(10);
        }
        clock.advance(Duration.ofSeconds(3));
        client(limits, "ann", "10.0.0.1").checkPublish();
        assertRefused(() -> client(limits, "ann", "10.0.0.1").publish(5), Duration.ofSeconds(2));
        client(limits, "ann", "10.0.0.1").publish(3);
    }

    @Test
    void anAddressHasItsOwnBucketWhoeverComesFromIt() {
        ClientLimits limits = limits(publishing(null, TEN_IN_TEN_SECONDS));
        client(limits, "ann", "2001:db8::1").publish(5);
        client(limits, null, "2001:db8::ffff:1").publish(5);
        assertRefused(() -> client(limits, "bob", "2001:db8::2").publish(1), Duration.ofSeconds(1));
        client(limits, "bob", "2001:db8:0:1::2").publish(1);
    }

    /** Else one limit would be used up by what the other refuses. */
    @Test
    void whatIsRefusedByOneLimitIsNotTakenFromTheOther() {
        ClientLimits limits = limits(publishing(TEN_IN_TEN_SECONDS, new Rate(1, Duration.ofHours(1))));
        client(limits, "ann", "10.0.0.1").publish(1);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> client(limits, "ann", "10.0.0.1").publish(1))
                    .isInstanceOf(Problem.class);
        }
        for (int i = 2; i <= 10; i++) {
            client(limits, "ann", "10.0.0." + i).publish(1);
        }
        assertThatThrownBy(() -> client(limits, "ann", "10.0.0.99").publish(1)).isInstanceOf(Problem.class);
    }

    /** Also when nobody has asked for its bucket since. */
    @Test
    void aBatchThatIsLargerThanABucketIsWorthItsWholeTime() {
        ClientLimits limits = limits(publishing(TEN_IN_TEN_SECONDS, null));
        client(limits, "ann", "10.0.0.1").publish(1000);
        clock.advance(Duration.ofSeconds(990));
        assertRefused(() -> client(limits, "ann", "10.0.0.1").publish(1), Duration.ofSeconds(1));
        clock.advance(Duration.ofSeconds(2));
        client(limits, "ann", "10.0.0.1").publish(1);
    }

    @Test
    void openOnesCountUntilTheyAreClosedOnce() {
        ClientLimits limits = limits(new LimitSettings(null, null, null, null, 2, 3));
        Runnable first = client(limits, "ann", "10.0.0.1").open();
        client(limits, "ann", "10.0.0.2").open();
        assertRefused(() -> client(limits, "ann", "10.0.0.3").open(), Duration.ofSeconds(5));
        first.run();
        first.run();
        Runnable third = client(limits, "ann", "10.0.0.1").open();
        assertRefused(() -> client(limits, "ann", "10.0.0.1").open(), Duration.ofSeconds(5));
        client(limits, null, "10.0.0.1").open();
        client(limits, null, "10.0.0.1").open();
        assertRefused(() -> client(limits, "bob", "10.0.0.1").open(), Duration.ofSeconds(5));
        third.run();
        client(limits, "bob", "10.0.0.1").open();
        assertRefused(() -> client(limits, "bob", "10.0.0.1").open(), Duration.ofSeconds(5));
        client(limits, "bob", "10.0.0.2").open();
    }

    @Test
    void thoseThatBeginCountThoughTheyEnd() {
        ClientLimits limits = limits(new LimitSettings(null, null, null, TEN_IN_TEN_SECONDS, null, null));
        for (int i = 0; i < 10; i++) {
            client(limits, null, "10.0.0.1").open().run();
        }
        assertRefused(() -> client(limits, null, "10.0.0.1").open(), Duration.ofSeconds(1));
    }

    @Test
    void idleBucketsAreForgottenAndThereAreOnlySoMany() {
        Buckets buckets = new Buckets(TEN_IN_TEN_SECONDS, 1, clock);
        for (int i = 0; i < 250_000; i++) {
            assertThat(buckets.takeOrNanosToWait(i, 1)).isZero();
        }
        assertThat(buckets.size()).isLessThanOrEqualTo(100_000);
        clock.advance(Duration.ofSeconds(30));
        assertThat(buckets.size()).isZero();
        OpenCounts counts = new OpenCounts(1);
        for (int i = 0; i < 1000; i++) {
            assertThat(counts.tryOpen(i)).isTrue();
            assertThat(counts.tryOpen(i)).isFalse();
            counts.close(i);
        }
        assertThat(counts.owners()).isZero();
    }

    @Test
    void withoutLimitsNobodyIsKnown() {
        assertThat(client(ClientLimits.NONE, "ann", "10.0.0.1")).isSameAs(client(ClientLimits.NONE, "bob", "10.0.0.2"));
    }
}
