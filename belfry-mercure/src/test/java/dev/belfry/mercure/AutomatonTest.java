package dev.belfry.mercure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Against the regular expressions of the JDK, which find the same by other means. */
class AutomatonTest {
    @Property(tries = 3000)
    void acceptsWhatARegularExpressionMatches(@ForAll("regexps") String regexp, @ForAll("texts") String text) {
        boolean expected = Pattern.compile(regexp).matcher(text).matches();
        assertThat(accepts(regexp, text)).as("%s on %s", regexp, text).isEqualTo(expected);
    }

    @Provide
    Arbitrary<String> regexps() {
        Arbitrary<String> atom = Arbitraries.of("a", "b", "[ab]", "[^a]", ".", "ab", "\\w", "a*", "[ab]+", "b?");
        return Arbitraries.recursive(() -> atom, AutomatonTest::composed, 0, 4);
    }

    private static Arbitrary<String> composed(Arbitrary<String> part) {
        Arbitrary<String> sign = Arbitraries.of("*", "+", "?", "{2}", "{0,2}", "{1,}", "{0,1}?", "*?");
        return Arbitraries.oneOf(
                Combinators.combine(part, part).as((a, b) -> a + b),
                Combinators.combine(part, part).as((a, b) -> "(?:" + a + "|" + b + ")"),
                Combinators.combine(part, sign).as((a, s) -> "(?:" + a + ")" + s));
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars('a', 'b', 'c').ofMaxLength(9);
    }

    /** Beyond one word of states. */
    @Property(tries = 300)
    void acceptsTheSameWhenItIsLong(@ForAll("regexps") String regexp, @ForAll("texts") String text) {
        String fill = "abcabcab".repeat(9);
        assertThat(accepts(fill + "(?:" + regexp + ")" + fill, fill + text + fill))
                .isEqualTo(Pattern.compile(regexp).matcher(text).matches());
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
