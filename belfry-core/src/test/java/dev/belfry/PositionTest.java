package dev.belfry;

import static dev.belfry.NotificationTest.assertInvalid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belfry.BelfryException.InvalidInput;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionTest {
    @Test
    void whatIsWrittenIsRead() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            // of every length, not only of the longest
            long epoch = Math.max(1, random.nextLong(Long.MAX_VALUE) >> random.nextInt(63));
            Position position = new Position(epoch, random.nextLong(Long.MAX_VALUE) >> random.nextInt(63));

            assertThat(Position.parse(position.toString())).isEqualTo(position);
            assertThat(position.toString()).matches("[0-9a-z]+-[0-9]+").hasSizeLessThanOrEqualTo(33);
        }
    }

    @Test
    void onePositionHasOneSpelling() {
        Random random = new Random(2);
        for (int i = 0; i < 10_000; i++) {
            String text = text(random, '+', '9');
            assertRefusedOrWrittenTheSame(text);
            assertRefusedOrWrittenTheSame("1-" + text);
            assertRefusedOrWrittenTheSame(text + "-1");
        }
    }

    @Test
    void anythingElseIsRefused() {
        Random random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            assertRefusedOrWrittenTheSame(text(random, Character.MIN_VALUE, Character.MAX_VALUE));
        }
    }

    private static String text(Random random, char first, char last) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(12); length > 0; length--) {
            text.append((char) random.nextInt(first, last + 1));
        }
        return text.toString();
    }

    private static void assertRefusedOrWrittenTheSame(String text) {
        try {
            assertThat(Position.parse(text)).hasToString(text);
        } catch (InvalidInput e) {
            assertThat(e.code()).isEqualTo("invalid-cursor");
        }
    }

    @Test
    void isSpelledInBase36AndDecimal() {
        assertThat(Position.parse("zz-42")).isEqualTo(new Position(35 * 36 + 35, 42));
        assertThat(Position.parse("1y2p0ij32e8e7-9223372036854775807"))
                .isEqualTo(new Position(Long.MAX_VALUE, Long.MAX_VALUE));
        assertThat(Position.parse("1-0")).isEqualTo(new Position(1, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "1",
                "1-",
                "-1",
                "--1",
                "1--1",
                "1-1-1",
                "0-1",
                "00-1",
                "01-1",
                "1-00",
                "1-01",
                "-0",
                "0-0",
                "ZZ-42",
                "zZ-42",
                "+1-1",
                "1-+1",
                "-1-1",
                "1--0",
                "1-a",
                "1-1a",
                "1.0-1",
                "1-1.0",
                "1-0x1",
                "1-1L",
                " 1-1",
                "1-1 ",
                "1 -1",
                "1- 1",
                "1-1\n",
                "1-1\0",
                "\uFEFF1-1",
                "1_1",
                "1/1",
                "1:1",
                "1\u20101",
                "1\u22121",
                "1-\u0661",
                "\u0661-1",
                "1-\uFF11",
                "\uFF11-1",
                "é-1",
                "1-1,1-2",
                "\"1-1\"",
                "W/\"1-1\"",
                "null",
                "now",
                "earliest",
                "1-9223372036854775808",
                "1y2p0ij32e8e8-1",
                "1-99999999999999999999",
                "zzzzzzzzzzzzzz-1",
                "1-00000000000000000000000000000000001",
                "\uD800-1"
            })
    void malformedSpellingsAreRefused(String text) {
        assertInvalid("invalid-cursor", () -> Position.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "-", "0", "a", "1-", "é"})
    void longTextIsRefused(String part) {
        assertInvalid("invalid-cursor", () -> Position.parse(part.repeat(10_240)));
        assertInvalid("invalid-cursor", () -> Position.parse("1-" + part.repeat(10_240)));
    }

    @Test
    void thereIsNoPositionWithoutAnEpochOrBeforeTheFirstPlace() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Position(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Position(-1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Position(1, -1));
    }

    @Test
    void furtherOnIsInTheSameEpoch() {
        assertThat(new Position(7, 40).plus(2)).isEqualTo(new Position(7, 42));
        assertThat(new Position(7, 40).before()).isEqualTo(new Position(7, 39));
    }
}
