package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrefixTreeTest {
    private final PrefixTree<String> tree = new PrefixTree<>();

    @Test
    void findsTheKeysThatATextBeginsWithAfterAnyAddsAndRemoves() {
        Random random = new Random(1);
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            String key = text(random);
            if (random.nextInt(3) > 0) {
                assertThat(tree.computeIfAbsent(key, () -> key)).isEqualTo(key);
                keys.add(key);
            } else {
                tree.remove(key);
                keys.remove(key);
            }
            assertFinds(keys, text(random), random.nextInt(3));
            if (random.nextInt(200) == 0) {
                keys.forEach(tree::remove);
                keys.clear();
            }
        }
    }

    private void assertFinds(Set<String> keys, String text, int minLength) {
        List<String> expected = Stream.iterate(0, i -> i <= text.length(), i -> i + 1)
                .map(i -> text.substring(0, i))
                .filter(prefix -> prefix.length() >= minLength && keys.contains(prefix))
                .collect(Collectors.toList());
        assertThat(found(text, minLength)).isEqualTo(expected);
        assertThat(tree.get(text)).isEqualTo(keys.contains(text) ? text : null);
        assertThat(tree.isEmpty()).isEqualTo(keys.isEmpty());
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(7), 'a', 'd')
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    @Test
    void nothingIsLeftOfTheWayToAKeyThatStays() {
        String longest = "a".repeat(1_000);
        for (int i = 0; i <= longest.length(); i++) {
            String key = longest.substring(0, i);
            tree.computeIfAbsent(key, () -> key);
        }
        assertThat(tree.nodes()).isEqualTo(1_001);

        for (int i = 0; i < longest.length(); i++) {
            tree.remove(longest.substring(0, i));
        }
        assertThat(tree.nodes()).isEqualTo(2);
        assertThat(found(longest, 0)).containsExactly(longest);
    }

    private List<String> found(String text, int minLength) {
        List<String> found = new ArrayList<>();
        tree.forEachPrefixOf(text, minLength, found::add);
        return found;
    }
}
