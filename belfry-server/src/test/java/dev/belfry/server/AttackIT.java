package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.attack.Campaign;
import dev.belfry.attack.strangers.Attack;
import dev.belfry.attack.strangers.Attacks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code ./attack} in short: the honest clients beside each attack get all of their events, and the server stays as it was. */
@EnabledOnOs(OS.LINUX)
class AttackIT {
    private static Campaign campaign;

    @BeforeAll
    static void begin() {
        campaign = Campaign.shortForm(Path.of(System.getProperty("belfry.jar", "target/belfry.jar")));
    }

    @AfterAll
    static void end() throws IOException {
        campaign.close();
    }

    static List<String> names() {
        return Attacks.all().stream().map(Attack::name).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void isHeld(String name) throws IOException {
        assertThat(campaign.make(Attacks.named(name)).broken()).isEmpty();
    }
}
