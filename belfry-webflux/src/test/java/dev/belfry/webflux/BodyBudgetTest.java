package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final MemoryBudget memory = new MemoryBudget(112, 112);
    private final MemoryBudget.Hold littleRoom = memory.hold(Use.SMALL_PUBLICATIONS, null, 14);
    private final BodyBudget budget = new BodyBudget(memory);
    private final BodyBudget.Share first = budget.open(null);
    private final BodyBudget.Share second = budget.open(null);

    @Test
    void bodiesFitUntilTheBudgetIsSpent() {
        assertThat(first.hold(60)).isTrue();
        assertThat(second.hold(52)).isTrue();
        assertThat(second.hold(53)).isFalse();
        assertThat(memory.heldBytes(Use.PUBLICATIONS)).isEqualTo(112);
    }

    @Test
    void whatAClosedShareHeldCanBeTakenAgain() {
        assertThat(first.hold(60)).isTrue();
        assertThat(second.hold(60)).isFalse();
        first.close();
        first.close();
        assertThat(second.hold(60)).isTrue();
        assertThat(memory.heldBytes(Use.PUBLICATIONS)).isEqualTo(60);
    }

    @Test
    void oneThatIsAloneIsLetInWhateverItsSize() {
        assertThat(first.hold(90)).isTrue();
        assertThat(first.hold(1000)).isTrue();
        assertThat(second.hold(1)).isFalse();
    }

    @Test
    void parsingTakesMoreThanTheBodyAndOneIsAlwaysLetIn() {
        first.hold(20);
        second.hold(20);
        assertThat(first.beginParsing(20)).isTrue();
        assertThat(second.beginParsing(20)).isFalse();
        first.endParsing(20);
        assertThat(memory.heldBytes(Use.PUBLICATIONS)).isEqualTo(60);
        assertThat(second.beginParsing(20)).isTrue();
        second.endParsing(20);
        first.close();
        second.close();
        assertThat(memory.heldBytes(Use.PUBLICATIONS)).isZero();
    }

    @Test
    void aSmallBodyHasRoomWhileALargeOneIsParsed() {
        BodyBudget ofHeap = new BodyBudget(new MemoryBudget(64 << 20, 32 << 20));
        InetSocketAddress client = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        try (BodyBudget.Share large = ofHeap.open(client);
                BodyBudget.Share small = ofHeap.open(client)) {
            assertThat(large.hold(4 << 20)).isTrue();
            assertThat(large.beginParsing(4 << 20)).isTrue();

            assertThat(small.hold(1000)).isTrue();
            assertThat(small.beginParsing(1000)).isTrue();
            small.endParsing(1000);
        }
    }

    @Test
    void aBodyThatComesSlowlyIsCutOffWhenOthersHaveNoRoom() {
        AtomicInteger cutOff = new AtomicInteger();
        first.whenTooSlow(cutOff::incrementAndGet);
        assertThat(littleRoom).isNotNull();
        assertThat(first.hold(112)).isTrue();

        assertThat(second.hold(1)).isFalse();
        assertThat(cutOff).hasValue(0);

        // it is old enough to be called slow after a second
        await().atMost(Duration.ofSeconds(5)).until(() -> !second.hold(1) && cutOff.get() > 0);
    }
}
