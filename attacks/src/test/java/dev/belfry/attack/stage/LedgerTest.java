package dev.belfry.attack.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger();
    private final long now = System.nanoTime();

    @Test
    void whatIsAcceptedAndNotDeliveredIsLost() {
        ledger.measureFrom(now);
        ledger.acknowledged(ledger.begin(now));
        int delivered = ledger.begin(now);
        ledger.acknowledged(delivered);
        ledger.delivered(delivered);

        assertThat(ledger.isSettled()).isFalse();
        assertThat(ledger.lost()).isEqualTo(1);
        assertThat(ledger.published()).isEqualTo(2);
    }

    @Test
    void whatIsRefusedIsCountedByItsReasonAndNotLost() {
        ledger.measureFrom(now);
        ledger.refused(ledger.begin(now), "503");
        ledger.refused(ledger.begin(now), "503");

        assertThat(ledger.refusals()).containsEntry("503", 2);
        assertThat(ledger.lost()).isZero();
        assertThat(ledger.isSettled()).isTrue();
    }

    @Test
    void latencyCountsFromTheIntendedTime() {
        ledger.measureFrom(now - 5_000_000_000L);
        int number = ledger.begin(now - 2_000_000_000L);

        ledger.acknowledged(number);

        assertThat(ledger.publish.histogram().getMaxValue()).isGreaterThan(1_900_000_000L);
    }

    @Test
    void whatWasMeantToHappenBeforeIsNotMeasured() {
        int before = ledger.begin(now);
        ledger.measureFrom(now + 1);

        ledger.refused(before, "503");
        ledger.delivered(before);

        assertThat(ledger.published()).isZero();
        assertThat(ledger.refusals()).isEmpty();
        assertThat(ledger.delivery.histogram().getTotalCount()).isZero();
    }

    @Test
    void whatBeganBeforeAndStillWaitsIsMeasuredFromTheBeginning() {
        ledger.measureFrom(now - 1_000_000_000L);

        ledger.poll.recordWaiting(now - 3_000_000_000L);

        assertThat(ledger.poll.histogram().getMaxValue()).isBetween(990_000_000L, 2_900_000_000L);
    }

    @Test
    void anEventThatComesTwiceIsDeliveredOnce() {
        ledger.measureFrom(now);
        int number = ledger.begin(now);

        ledger.delivered(number);
        ledger.delivered(number);

        assertThat(ledger.delivery.histogram().getTotalCount()).isEqualTo(1);
    }
}
