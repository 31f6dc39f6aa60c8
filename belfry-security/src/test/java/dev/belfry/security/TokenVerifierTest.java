package dev.belfry.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.testkit.BadTokens;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.TokenForge;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenVerifierTest {
    private static final TokenForge FORGE = new TokenForge("0123456789abcdef0123456789abcdef");
    private static final Map<String, String> BAD =
            BadTokens.table(FORGE, URI.create("http://127.0.0.1:9"), Instant.parse("2026-01-01T00:00:00Z"));

    private final ManualClock clock = new ManualClock();
    private final BearerTokens tokens = tokens(clock);

    private static BearerTokens tokens(ManualClock clock) {
        TokenRules rules = new TokenRules(BadTokens.ISSUER, Set.of("second", BadTokens.AUDIENCE), clock);
        List<KeySource> keys =
                List.of(KeySource.of(KeyText.read(FORGE.secret)), KeySource.of(KeyText.read(FORGE.publicKeys())));
        return new BearerTokens(
                new TokenVerifier(keys, rules), List.of(new BelfryGrants("belfry")), DefaultGrants.NONE, clock);
    }

    static Stream<String> bad() {
        return BAD.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadTokenIsRefused(String what) {
        assertRefused(BAD.get(what));
    }

    @Test
    void theTableIsLong() {
        assertThat(BAD).hasSizeGreaterThan(80);
    }

    private void assertRefused(String token) {
        assertThatThrownBy(() -> tokens.read(token).block()).isInstanceOf(InvalidToken.class);
    }

    private Bearer read(String token) {
        return tokens.read(token).block();
    }

    @Test
    void aGoodTokenOfEachAlgorithmIsAccepted() {
        String claims = BadTokens.goodClaims(clock.instant());
        for (String token : List.of(
                FORGE.token(claims),
                FORGE.hs256("{\"alg\":\"HS256\"}", claims),
                FORGE.hs256("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"jku\":\"http://127.0.0.1:9\"}", claims),
                FORGE.rs256("{\"alg\":\"RS256\",\"kid\":\"unknown\"}", claims),
                FORGE.es256("{\"alg\":\"ES256\"}", claims),
                FORGE.eddsa("{\"alg\":\"EdDSA\"}", claims),
                FORGE.eddsa("{\"alg\":\"Ed25519\"}", claims))) {
            Bearer bearer = read(token);
            assertThat(bearer.permissions().subject()).isEqualTo("mallory");
            assertThat(bearer.permissions().expires()).isEqualTo(clock.instant().plusSeconds(600));
            assertThat(bearer.permissions().publish()).extracting("name").containsExactly("**");
            assertThat(bearer.token().claims()).containsEntry("iss", BadTokens.ISSUER);
        }
    }

    @Test
    void aListOfAudiencesIsForEachOfThem() {
        String claims =
                BadTokens.goodClaims(clock.instant()).replace("\"belfry\",\"sub\"", "[\"x\",\"belfry\"],\"sub\"");

        assertThat(read(FORGE.token(claims)).permissions().subject()).isEqualTo("mallory");
    }

    @Test
    void aTokenIsGoodUntilTheVerySecondOfItsEndHoweverOftenItWasSeen() {
        String token = FORGE.token(BadTokens.goodClaims(clock.instant()));
        read(token);
        clock.advance(Duration.ofSeconds(599));
        read(token);
        clock.advance(Duration.ofSeconds(1));

        assertRefused(token);
    }

    @Test
    void anIssuersClockMayBeALittleAhead() {
        String claims = BadTokens.goodClaims(clock.instant());
        long now = clock.instant().getEpochSecond();

        read(FORGE.token(claims.replace("\"exp\"", "\"nbf\":" + (now + 30) + ",\"exp\"")));
        assertRefused(FORGE.token(claims.replace("\"exp\"", "\"nbf\":" + (now + 31) + ",\"exp\"")));
    }

    @Test
    void aKnownTokenIsAnsweredWithoutAnotherLook() {
        String token = FORGE.token(BadTokens.goodClaims(clock.instant()));

        assertThat(read(token)).isSameAs(read(token));
    }

    @Test
    void aShortSecretIsNoKey() {
        assertThatThrownBy(() -> KeyText.read("x".repeat(31))).hasMessageContaining("32 bytes");
        assertThatThrownBy(() -> KeyText.read(" \n")).hasMessageContaining("keys are expected");
        assertThat(KeyText.read("x".repeat(32) + "\n" + "y".repeat(32))).hasSize(2);
    }

    @Test
    void oneOfSeveralSecretsIsEnough() {
        String other = "another secret ".replace(' ', '-') + "x".repeat(32);
        List<KeySource> keys = List.of(KeySource.of(KeyText.read(FORGE.secret + "\n" + other)));
        TokenVerifier verifier = new TokenVerifier(keys, new TokenRules(null, Set.of(), clock));
        String claims = BadTokens.goodClaims(clock.instant());

        assertThat(verifier.verify(FORGE.token(claims)).block()).isNotNull();
        assertThat(verifier.verify(FORGE.hs256("{\"alg\":\"HS256\"}", claims, other.getBytes(UTF_8)))
                        .block())
                .isNotNull();
    }

    @Test
    void whatBelfrySignsBelfryAccepts() {
        long exp = clock.instant().getEpochSecond() + 60;
        Map<String, Object> claims =
                Map.of("iss", BadTokens.ISSUER, "aud", BadTokens.AUDIENCE, "sub", "me", "exp", exp);
        for (String key : List.of(
                FORGE.secret,
                TokenForge.pem("PRIVATE KEY", FORGE.rsa.getPrivate().getEncoded()),
                TokenForge.pem("PRIVATE KEY", FORGE.ec.getPrivate().getEncoded()),
                TokenForge.pem("PRIVATE KEY", FORGE.ed25519.getPrivate().getEncoded()))) {
            assertThat(read(SigningKey.read(key).sign(claims)).permissions().subject())
                    .isEqualTo("me");
        }
    }
}
