package dev.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.testkit.BadTokens;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.TokenForge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    private static final TokenForge OLD =
            new TokenForge("the old secret".repeat(4).replace(' ', '-'));
    private static final TokenForge NEW =
            new TokenForge("the new secret".repeat(4).replace(' ', '-'));

    @TempDir
    private Path directory;

    private final ManualClock clock = new ManualClock();

    private Path file(String text, String permissions) throws IOException {
        Path file = Files.writeString(directory.resolve("keys"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private boolean accepts(BearerTokens tokens, TokenForge forge) {
        try {
            return tokens.read(forge.token(BadTokens.goodClaims(clock.instant())))
                            .block()
                    != null;
        } catch (InvalidToken e) {
            return false;
        }
    }

    @Test
    void keysChangeWhileItRunsAndRememberedTokensGoWithThem() throws IOException {
        Path file = file(OLD.secret, "rw-------");
        try (KeyFile keys = KeyFile.open(file, Duration.ofMillis(5))) {
            BearerTokens tokens = new BearerTokens(
                    new TokenVerifier(List.of(keys), new TokenRules(null, Set.of(), clock)),
                    List.of(),
                    DefaultGrants.NONE,
                    clock);
            assertThat(accepts(tokens, OLD)).isTrue();
            assertThat(accepts(tokens, NEW)).isFalse();
            Files.writeString(file, OLD.secret + "\n" + NEW.secret + "\n");
            Awaitility.await().until(() -> accepts(tokens, NEW));
            assertThat(accepts(tokens, OLD)).isTrue();
            Files.writeString(file, NEW.secret);
            Awaitility.await().until(() -> !accepts(tokens, OLD));
            Files.writeString(file, "short");
            Files.delete(file);
            assertThat(accepts(tokens, NEW)).as("the last good keys stay").isTrue();
        }
    }

    @Test
    void aSecretThatOthersMayReadIsRefused() throws IOException {
        for (String open : List.of("rw-r-----", "rw----r--", "rw--w----")) {
            Path file = file(OLD.secret, open);
            assertThatThrownBy(() -> KeyFile.open(file)).hasMessageContaining("chmod 600");
        }
        KeyFile.open(file(OLD.publicKeys(), "rw-r--r--")).close();
    }

    @Test
    void aFileThatCannotBeUsedIsSaidSoWithoutItsContent() throws IOException {
        assertThatThrownBy(() -> KeyFile.open(directory.resolve("missing"))).hasMessageContaining("missing");
        Path file = file("secretsecret", "rw-------");
        assertThatThrownBy(() -> KeyFile.open(file))
                .hasMessageContaining("32 bytes")
                .hasMessageNotContaining("secretsecret");
    }
}
