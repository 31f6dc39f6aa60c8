package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private final BodyBudget budget = new BodyBudget(100);

    @Test
    void bodiesFitUntilTheBudgetIsSpent() {
        assertThat(budget.take(60)).isTrue();
        assertThat(budget.take(40)).isTrue();
        assertThat(budget.take(1)).isFalse();
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        assertThat(budget.take(60)).isTrue();
        assertThat(budget.take(60)).isFalse();
        budget.giveBack(60);
        assertThat(budget.take(60)).isTrue();
    }

    @Test
    void aRefusalTakesNothing() {
        assertThat(budget.take(60)).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take(50)).isFalse();
        }
        assertThat(budget.take(40)).isTrue();
    }

    @Test
    void oneThatIsAloneIsLetInWhateverItsSize() {
        assertThat(budget.take(1000)).isTrue();
        assertThat(budget.take(1)).isFalse();
    }
}
