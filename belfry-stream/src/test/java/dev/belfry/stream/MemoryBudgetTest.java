package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.stream.MemoryBudget.Hold;
import dev.belfry.stream.MemoryBudget.Use;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetTest {
    private static final long LIMIT = 1600;

    private final MemoryBudget budget = new MemoryBudget(LIMIT, LIMIT / 2);

    private static SocketAddress client(String address) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), 1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aUseHasItsPartOfTheWholeAndPublicationsTheRest() {
        assertThat(budget.hold(Use.ANSWERS, null, 200)).isNotNull();
        assertThat(budget.hold(Use.ANSWERS, null, 1)).isNull();
        assertThat(budget.hold(Use.PUBLICATIONS, null, 1400)).isNotNull();
        assertThat(budget.hold(Use.PUBLICATIONS, null, 1)).isNull();
        assertThat(budget.heldBytes()).isEqualTo(LIMIT);
    }

    @Test
    void smallPublicationsHaveTheirPartBesideWhatOthersHold() {
        assertThat(budget.hold(Use.PUBLICATIONS, null, LIMIT)).isNotNull();
        assertThat(budget.hold(Use.SMALL_PUBLICATIONS, null, LIMIT / 8)).isNotNull();
        assertThat(budget.hold(Use.SMALL_PUBLICATIONS, null, 1)).isNull();
    }

    @Test
    void patternsHaveTheirPartBesideWhatOthersHold() {
        assertThat(budget.hold(Use.PUBLICATIONS, null, LIMIT)).isNotNull();
        assertThat(budget.hold(Use.PATTERNS, null, LIMIT / 2)).isNotNull();
        assertThat(budget.hold(Use.PATTERNS, null, 1)).isNull();
    }

    @Test
    void allOthersTogetherLeavePublicationsAQuarter() {
        for (Use use : List.of(Use.ANSWERS, Use.LARGE_ANSWERS, Use.CHUNKS, Use.LARGE_CHUNKS)) {
            Hold hold = budget.open(use, null);
            for (int i = 0; hold.resize(i); i++) {
                assertThat(hold.bytes()).isLessThanOrEqualTo(LIMIT);
                if (i == 0) {
                    budget.hold(use, null, 1);
                }
            }
        }
        assertThat(LIMIT - budget.heldBytes()).isEqualTo(LIMIT / 4);
    }

    @Test
    void oneAddressHasAShareOfEachUse() {
        assertThat(budget.hold(Use.PUBLICATIONS, client("10.0.0.1"), 800)).isNotNull();
        assertThat(budget.hold(Use.PUBLICATIONS, client("10.0.0.1"), 1)).isNull();
        assertThat(budget.hold(Use.PUBLICATIONS, client("10.0.0.2"), 800)).isNotNull();
    }

    @Test
    void aNetworkOfIpV6IsOneAddress() {
        assertThat(budget.hold(Use.PUBLICATIONS, client("2001:db8::1"), 800)).isNotNull();
        assertThat(budget.hold(Use.PUBLICATIONS, client("2001:db8::ffff:2"), 1)).isNull();
        assertThat(budget.hold(Use.PUBLICATIONS, client("2001:db8:0:1::1"), 1)).isNotNull();
    }

    @Test
    void whatIsAloneHasRoomWhateverItsSize() {
        Hold alone = budget.open(Use.LARGE_ANSWERS, client("10.0.0.1"));
        assertThat(alone.resize(100_000)).isTrue();
        assertThat(budget.hold(Use.LARGE_ANSWERS, client("10.0.0.2"), 1)).isNull();
        assertThat(budget.hasRoom(Use.LARGE_ANSWERS, null, 1)).isFalse();
        alone.close();
        assertThat(budget.hasRoom(Use.LARGE_ANSWERS, null, 100_000)).isTrue();
    }

    @Test
    void whatIsLargeLeavesRoomToWhatIsSmall() {
        assertThat(budget.hold(Use.PUBLICATIONS, client("10.0.0.1"), 600)).isNotNull();
        Hold large = budget.open(Use.PUBLICATIONS, client("10.0.0.1"));
        assertThat(large.resizeLarge(101)).isFalse();
        assertThat(large.resizeLarge(100)).isTrue();
        assertThat(budget.hold(Use.PUBLICATIONS, client("10.0.0.1"), 100)).isNotNull();
        assertThat(budget.hold(Use.PUBLICATIONS, client("10.0.0.1"), 1)).isNull();
    }

    @Test
    void whatIsRefusedHoldsWhatItHeld() {
        Hold hold = budget.hold(Use.ANSWERS, null, 100);
        budget.hold(Use.ANSWERS, null, 50);
        assertThat(hold).isNotNull();
        assertThat(hold.resize(151)).isFalse();
        assertThat(hold.bytes()).isEqualTo(100);
        assertThat(budget.heldBytes(Use.ANSWERS)).isEqualTo(150);
        assertThat(budget.refusals(Use.ANSWERS)).isEqualTo(1);
    }

    @Test
    void aClientThatTakesNothingHasLittleTimeWhileOthersFindNoRoom() {
        long set = TimeUnit.MINUTES.toNanos(2);
        assertThat(budget.stallNanos(Use.CHUNKS, set)).isEqualTo(set);
        budget.hold(Use.CHUNKS, null, 400);
        budget.hold(Use.CHUNKS, null, 1);
        assertThat(budget.stallNanos(Use.CHUNKS, set)).isEqualTo(TimeUnit.SECONDS.toNanos(5));
        assertThat(budget.stallNanos(Use.CHUNKS, 1)).isEqualTo(1);
        assertThat(budget.stallNanos(Use.ANSWERS, set)).isEqualTo(set);
    }

    @Test
    void aBufferHoldsItsRoomUntilTheLastSliceIsReleased() {
        Hold hold = budget.hold(Use.CHUNKS, null, 100);
        assertThat(hold).isNotNull();
        ByteBuf bytes = new HeldBuffer(Unpooled.directBuffer(100).writeLong(7).writeLong(8), hold);
        ByteBuf slice = bytes.retainedSlice(8, 8);
        assertThat(bytes.readableBytes()).isEqualTo(16);
        bytes.release();
        assertThat(budget.heldBytes()).isEqualTo(100);
        assertThat(slice.readLong()).isEqualTo(8);
        slice.release();
        assertThat(budget.heldBytes()).isZero();
    }

    /** What is held is the sum of the holds, never negative, within each bound, and nothing in the end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomHoldsAddUp(long seed) {
        Random random = new Random(seed);
        SocketAddress[] clients = {null, client("10.0.0.1"), client("10.0.0.2"), client("2001:db8::1")};
        List<Hold> holds = new ArrayList<>();
        for (int step = 0; step < 5000; step++) {
            if (holds.isEmpty() || random.nextInt(4) == 0) {
                Use use = List.of(Use.values()).get(random.nextInt(Use.values().length));
                holds.add(budget.open(use, clients[random.nextInt(clients.length)]));
            }
            act(random, holds);
            assertThat(budget.heldBytes())
                    .isEqualTo(holds.stream().mapToLong(Hold::bytes).sum())
                    .isNotNegative();
        }
        holds.forEach(Hold::close);
        holds.forEach(Hold::close);
        for (Use use : Use.values()) {
            assertThat(budget.heldBytes(use)).isZero();
            assertThat(budget.roomBytes(use, clients[1])).isEqualTo(budget.roomBytes(use, clients[2]));
        }
        assertThat(budget.heldBytes()).isZero();
    }

    private void act(Random random, List<Hold> holds) {
        int at = random.nextInt(holds.size());
        Hold hold = holds.get(at);
        switch (random.nextInt(3)) {
            case 0 -> {
                hold.close();
                holds.remove(at);
            }
            case 1 -> {
                long before = hold.bytes();
                long heldByOthers = budget.heldBytes() - before;
                int wanted = random.nextInt(300);
                boolean isIn = hold.resize(wanted);
                assertThat(hold.bytes()).isEqualTo(isIn ? wanted : before);
                if (isIn && wanted > before && heldByOthers > 0) {
                    assertThat(budget.heldBytes()).isLessThanOrEqualTo(LIMIT + 300);
                }
            }
            default -> hold.force(Math.min(hold.bytes(), random.nextInt(300)));
        }
    }
}
