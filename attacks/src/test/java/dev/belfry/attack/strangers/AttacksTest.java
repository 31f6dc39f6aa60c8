package dev.belfry.attack.strangers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttacksTest {
    private static final Path PAGE = Path.of("../docs/attacks.md");

    @Test
    void eachHasANameOfItsOwnAndIsFoundByIt() {
        List<String> names = Attacks.all().stream().map(Attack::name).toList();

        assertThat(names).doesNotHaveDuplicates();
        assertThat(names)
                .allSatisfy(name -> assertThat(Attacks.named(name).name()).isEqualTo(name));
    }

    @Test
    void eachIsOnThePageThatSaysWhatItDoes() throws IOException {
        String page = Files.readString(PAGE);

        assertThat(Attacks.all()).allSatisfy(attack -> assertThat(page).contains('`' + attack.name() + '`'));
    }

    @Test
    void patternsOfTwoReadersShareNoSegmentInFront() {
        List<String> one = Patterns.different(1, 3);

        assertThat(one).doesNotContainAnyElementsOf(Patterns.different(2, 3));
        assertThat(one).allSatisfy(pattern -> assertThat(pattern.split("/", -1)).hasSize(64));
    }

    @Test
    void wildPatternsAreAsManyAsAskedFor() {
        assertThat(Patterns.wild(1, 256, 14, "z")).hasSize(256).allMatch(pattern -> pattern.endsWith("/z"));
    }
}
