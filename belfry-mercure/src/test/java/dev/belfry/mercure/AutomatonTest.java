package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Against the regular expressions of the JDK, which find the same by other means. */
class AutomatonTest {
    private static final List<String> ATOMS = List.of("a", "b", "[ab]", "[^a]", ".", "ab", "\\w", "a*", "[ab]+", "b?");
    private static final List<String> SIGNS = List.of("*", "+", "?", "{2}", "{0,2}", "{1,}", "{0,1}?", "*?");

    @Test
    void acceptsWhatARegularExpressionMatches() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            String regexp = regexp(random, random.nextInt(5));
            String text = text(random);
            boolean expected = Pattern.compile(regexp).matcher(text).matches();
            assertThat(accepts(regexp, text))
                    .as("seed %s: %s on %s", seed, regexp, text)
                    .isEqualTo(expected);
        }
    }

    private static String regexp(Random random, int depth) {
        if (depth == 0) {
            return oneOf(ATOMS, random);
        }
        String part = regexp(random, depth - 1);
        return switch (random.nextInt(3)) {
            case 0 -> part + regexp(random, depth - 1);
            case 1 -> "(?:" + part + "|" + regexp(random, depth - 1) + ")";
            default -> "(?:" + part + ")" + oneOf(SIGNS, random);
        };
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(10), 'a', 'd')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String oneOf(List<String> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    /** Beyond one word of states. */
    @Test
    void acceptsTheSameWhenItIsLong() {
        String fill = "abcabcab".repeat(9);
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            String regexp = regexp(random, random.nextInt(5));
            String text = text(random);
            assertThat(accepts(fill + "(?:" + regexp + ")" + fill, fill + text + fill))
                    .as("seed %s: %s on %s", seed, regexp, text)
                    .isEqualTo(Pattern.compile(regexp).matcher(text).matches());
        }
    }

    private static boolean accepts(String regexp, String text) {
        Automaton automaton = AutomatonBuilder.build(RegexpReader.read(regexp));
        return automaton.accepts(text.toCharArray(), 0, text.length());
    }

    @Test
    void whatTakesForeverElsewhereTakesItsLengthHere() {
        String text = "a".repeat(1000) + "!";
        assertThat(accepts("(?:a+)+", text)).isFalse();
        assertThat(accepts("(?:a|aa)+", text)).isFalse();
        assertThat(accepts("(?:a?){20}a{20}", "a".repeat(20))).isTrue();
    }

    @Test
    void repeatingNothingThousandsOfTimesIsRefused() {
        assertThatThrownBy(() -> accepts("(?:(?:(?:){1000}){1000}){1000}", "")).isInstanceOf(TooComplexException.class);
        assertThatThrownBy(() -> accepts("(?:(?:a{100}){100}){100}", "")).isInstanceOf(TooComplexException.class);
    }
}
