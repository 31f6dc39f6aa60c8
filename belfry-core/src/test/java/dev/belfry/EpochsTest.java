package dev.belfry;

import static dev.belfry.Gap.Reason.BEYOND_END;
import static dev.belfry.Gap.Reason.TRIMMED;
import static dev.belfry.Gap.Reason.UNKNOWN_EPOCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class EpochsTest {
    /** Epoch 7 for 1 to 10, epoch 8 for 11 to 20, epoch 9 from 21 on. */
    private final Epochs epochs = Epochs.of(List.of(new Position(7, 1), new Position(8, 11), new Position(9, 21)));

    @Test
    void aNewLogBeginsAtOneInAnEpochOfItsOwn() {
        Epochs created = Epochs.create();

        assertThat(created.starts()).containsExactly(new Position(created.current(), 1));
        assertThat(created.at(0)).isEqualTo(new Position(created.current(), 0));
        assertThat(Epochs.create().current()).isNotEqualTo(created.current());
    }

    @Test
    void eachOffsetBelongsToTheEpochThatBeganLastBeforeIt() {
        assertThat(epochs.at(0)).isEqualTo(new Position(7, 0));
        assertThat(epochs.at(1)).isEqualTo(new Position(7, 1));
        assertThat(epochs.at(10)).isEqualTo(new Position(7, 10));
        assertThat(epochs.at(11)).isEqualTo(new Position(8, 11));
        assertThat(epochs.at(20)).isEqualTo(new Position(8, 20));
        assertThat(epochs.at(21)).isEqualTo(new Position(9, 21));
        assertThat(epochs.current()).isEqualTo(9);
    }

    @Test
    void everyPlaceThatIsKeptCanBeResumedFrom() {
        for (long offset = 0; offset <= 30; offset++) {
            assertThat(epochs.check(epochs.at(offset), 1, 30))
                    .as("offset %s", offset)
                    .isNull();
        }
    }

    @Test
    void thePlaceBeforeAnEpochsFirstEventCanBeResumedFromInBothSpellings() {
        assertThat(epochs.check(new Position(7, 10), 1, 30)).isNull();
        assertThat(epochs.check(new Position(8, 10), 1, 30)).isNull();
    }

    @Test
    void whatAnEpochNeverHadIsBeyondItsEnd() {
        assertThat(epochs.check(new Position(7, 11), 1, 30)).isEqualTo(BEYOND_END);
        assertThat(epochs.check(new Position(8, 21), 1, 30)).isEqualTo(BEYOND_END);
        assertThat(epochs.check(new Position(9, 31), 1, 30)).isEqualTo(BEYOND_END);
        assertThat(epochs.check(new Position(9, Long.MAX_VALUE), 1, 30)).isEqualTo(BEYOND_END);
    }

    @Test
    void whatIsOlderThanTheOldestIsTrimmed() {
        assertThat(epochs.check(new Position(7, 3), 5, 30)).isEqualTo(TRIMMED);
        assertThat(epochs.check(new Position(7, 4), 5, 30)).isNull();
        assertThat(epochs.check(new Position(7, 10), 12, 30)).isEqualTo(TRIMMED);
        assertThat(epochs.check(new Position(9, 29), 31, 30)).isEqualTo(TRIMMED);
        assertThat(epochs.check(new Position(9, 30), 31, 30)).isNull();
    }

    @Test
    void anOffsetBeforeTheStartOfItsEpochIsNoPlaceToResumeFrom() {
        assertThat(epochs.check(new Position(8, 9), 1, 30)).isNotNull();
    }

    @Test
    void anotherLogsEpochIsUnknown() {
        assertThat(epochs.check(new Position(6, 5), 1, 30)).isEqualTo(UNKNOWN_EPOCH);
    }

    @Test
    void aNewEpochTakesOverFromAnOffsetOn() {
        Epochs begun = epochs.begin(26);

        assertThat(begun.starts().subList(0, 3)).isEqualTo(epochs.starts());
        assertThat(begun.at(25)).isEqualTo(new Position(9, 25));
        assertThat(begun.at(26)).isEqualTo(new Position(begun.current(), 26));
        assertThat(begun.check(new Position(9, 26), 1, 26)).isEqualTo(BEYOND_END);
        assertThat(epochs.starts()).hasSize(3);
    }

    @Test
    void anEpochThatGotNoEventIsForgotten() {
        Epochs begun = epochs.begin(21);

        assertThat(begun.starts()).hasSize(3).doesNotContain(new Position(9, 21));
        assertThat(begun.check(new Position(9, 21), 1, 21)).isEqualTo(UNKNOWN_EPOCH);
        assertThat(begun.check(new Position(8, 20), 1, 21)).isNull();
        assertThat(Epochs.create().begin(1).starts()).hasSize(1);
    }

    @Test
    void trimmingForgetsTheEpochsThatEndedBefore() {
        assertThat(epochs.trim(1).starts()).hasSize(3);
        assertThat(epochs.trim(10).starts()).hasSize(3);
        assertThat(epochs.trim(11).starts()).containsExactly(new Position(8, 11), new Position(9, 21));
        assertThat(epochs.trim(20).starts()).hasSize(2);
        assertThat(epochs.trim(21).starts()).containsExactly(new Position(9, 21));
        assertThat(epochs.trim(1_000).starts()).containsExactly(new Position(9, 21));
    }

    @Test
    void thePlaceBeforeTheOldestCanBeResumedFromAfterTrimming() {
        for (long oldest : new long[] {1, 5, 11, 15, 21, 31}) {
            Epochs trimmed = epochs.trim(oldest);
            Position before = new Position(trimmed.at(oldest).epoch(), oldest - 1);
            assertThat(trimmed.check(before, oldest, 30))
                    .as("oldest %s", oldest)
                    .isNull();
            assertThat(trimmed.check(trimmed.at(oldest - 1), oldest, 30)).isNull();
        }
    }

    @Test
    void thereIsAtLeastOneEpoch() {
        assertThatIllegalArgumentException().isThrownBy(() -> Epochs.of(List.of()));
    }
}
