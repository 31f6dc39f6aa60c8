package dev.belfry;

import static dev.belfry.Gap.Reason.BEYOND_END;
import static dev.belfry.Gap.Reason.UNKNOWN_EPOCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.LongStream;
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
            assertThat(epochs.check(epochs.at(offset), 30))
                    .as("offset %s", offset)
                    .isNull();
        }
    }

    @Test
    void thePlaceBeforeAnEpochsFirstEventCanBeResumedFromInBothSpellings() {
        assertThat(epochs.check(new Position(7, 10), 30)).isNull();
        assertThat(epochs.check(new Position(8, 10), 30)).isNull();
    }

    @Test
    void whatAnEpochNeverHadIsBeyondItsEnd() {
        assertThat(epochs.check(new Position(7, 11), 30)).isEqualTo(BEYOND_END);
        assertThat(epochs.check(new Position(8, 21), 30)).isEqualTo(BEYOND_END);
        assertThat(epochs.check(new Position(9, 31), 30)).isEqualTo(BEYOND_END);
        assertThat(epochs.check(new Position(9, Long.MAX_VALUE), 30)).isEqualTo(BEYOND_END);
    }

    @Test
    void anOffsetBeforeTheStartOfItsEpochIsNoPlaceToResumeFrom() {
        assertThat(epochs.check(new Position(8, 9), 30)).isNotNull();
    }

    @Test
    void anotherLogsEpochIsUnknown() {
        assertThat(epochs.check(new Position(6, 5), 30)).isEqualTo(UNKNOWN_EPOCH);
    }

    @Test
    void aNewEpochTakesOverFromAnOffsetOn() {
        Epochs begun = epochs.begin(26);

        assertThat(begun.starts().subList(0, 3)).isEqualTo(epochs.starts());
        assertThat(begun.at(25)).isEqualTo(new Position(9, 25));
        assertThat(begun.at(26)).isEqualTo(new Position(begun.current(), 26));
        assertThat(begun.check(new Position(9, 26), 26)).isEqualTo(BEYOND_END);
        assertThat(epochs.starts()).hasSize(3);
    }

    @Test
    void ofAnEpochThatGotNoEventThePlaceBeforeItStaysKnown() {
        Epochs begun = epochs.begin(21);

        assertThat(begun.current()).isNotEqualTo(9);
        assertThat(begun.at(21)).isEqualTo(new Position(begun.current(), 21));
        assertThat(begun.check(new Position(9, 20), 21)).isNull();
        assertThat(begun.check(new Position(9, 21), 21)).isEqualTo(BEYOND_END);
        assertThat(begun.check(new Position(8, 20), 21)).isNull();
    }

    @Test
    void whatIsLostWithSeveralEpochsIsBeyondTheirEnds() {
        Epochs begun = epochs.begin(6);

        assertThat(begun.at(6)).isEqualTo(new Position(begun.current(), 6));
        assertThat(begun.at(5)).isEqualTo(new Position(7, 5));
        for (Position lost : List.of(new Position(7, 6), new Position(8, 11), new Position(9, 21))) {
            assertThat(begun.check(lost, 30)).isEqualTo(BEYOND_END);
        }
    }

    @Test
    void ofManyEpochsWithoutEventsTheOldestAreForgotten() {
        Epochs begun = Epochs.create();
        for (int i = 0; i < 1_000; i++) {
            begun = begun.begin(1);
        }

        assertThat(begun.starts()).hasSize(101);
        assertThat(begun.at(1)).isEqualTo(new Position(begun.current(), 1));
    }

    @Test
    void trimmingForgetsTheEpochsThatNothingIsKnownOf() {
        assertThat(epochs.trim(0, 15)).isSameAs(epochs);
        assertThat(epochs.trim(10, 15)).isSameAs(epochs);
        assertThat(epochs.trim(11, 15).starts()).containsExactly(new Position(8, 11), new Position(9, 21));
        assertThat(epochs.trim(20, 25).starts()).hasSize(2);
        assertThat(epochs.trim(1_000, 1_001).starts()).containsExactly(new Position(9, 21));
    }

    @Test
    void tooManyEpochsAreForgottenAsFarAsNoneOfTheirEventsIsKept() {
        List<Position> starts = LongStream.rangeClosed(1, 3_000)
                .mapToObj(i -> new Position(i, 10 * i))
                .toList();

        assertThat(Epochs.of(starts).trim(0, 40_000).starts()).hasSize(1_000).endsWith(starts.get(2_999));
        assertThat(Epochs.of(starts).trim(0, 5_005).starts()).startsWith(new Position(500, 5_000));
    }

    @Test
    void ofManyEpochsTheRightOneIsFound() {
        Epochs many = Epochs.of(LongStream.rangeClosed(1, 1_000)
                .mapToObj(i -> new Position(i, 10 * i))
                .toList());

        for (long offset = 0; offset <= 10_100; offset++) {
            long epoch = Math.min(1_000, Math.max(1, offset / 10));
            assertThat(many.at(offset)).isEqualTo(new Position(epoch, offset));
        }
    }

    @Test
    void thereIsAtLeastOneEpoch() {
        assertThatIllegalArgumentException().isThrownBy(() -> Epochs.of(List.of()));
    }
}
