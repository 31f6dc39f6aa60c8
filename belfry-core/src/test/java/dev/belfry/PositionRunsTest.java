package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PositionRunsTest {
    private static List<Position> positions(long... offsets) {
        return LongStream.of(offsets)
                .mapToObj(offset -> new Position(7, offset))
                .toList();
    }

    @Test
    void aBatchWithoutHolesIsOneRun() {
        PositionRuns runs =
                PositionRuns.of(positions(LongStream.range(40, 1_040).toArray()));

        assertThat(runs.runs()).containsExactly(40, 1_000);
        assertThat(runs.toList()).hasSize(1_000).startsWith(new Position(7, 40)).endsWith(new Position(7, 1_039));
    }

    @Test
    void whatIsPackedComesOutAgain() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            long[] offsets = LongStream.rangeClosed(1, 60)
                    .filter(i -> random.nextInt(3) > 0)
                    .toArray();
            if (offsets.length > 0) {
                PositionRuns runs = PositionRuns.of(positions(offsets));
                assertThat(runs.toList()).isEqualTo(positions(offsets));
                assertThat(PositionRuns.of(7, runs.runs()).toList()).isEqualTo(positions(offsets));
            }
        }
    }

    @Test
    void aRunHasAFirstOffsetAndALength() {
        assertThatIllegalArgumentException().isThrownBy(() -> PositionRuns.of(7, 1, 2, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> PositionRuns.of(7));
    }
}
