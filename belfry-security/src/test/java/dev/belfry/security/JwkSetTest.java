package dev.belfry.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.sun.net.httpserver.HttpServer;
import dev.belfry.testkit.BadTokens;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.TokenForge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class JwkSetTest {
    private static final TokenForge FORGE = new TokenForge("0123456789abcdef0123456789abcdef");

    private final ManualClock clock = new ManualClock();
    private final List<CompletableFuture<byte[]>> fetches = new ArrayList<>();
    private final JwkSet set = new JwkSet(this::fetch, () -> clock.look().nanos());
    private final TokenVerifier verifier = new TokenVerifier(List.of(set), new TokenRules(null, Set.of(), clock));
    private final BearerTokens bearers =
            new BearerTokens(verifier, List.of(new BelfryGrants("belfry")), DefaultGrants.NONE, clock);

    private CompletableFuture<byte[]> fetch() {
        CompletableFuture<byte[]> fetch = new CompletableFuture<>();
        fetches.add(fetch);
        return fetch;
    }

    private void answer(String json) {
        fetches.get(fetches.size() - 1).complete(json.getBytes(UTF_8));
    }

    private static String rsa(String kid) {
        return new RSAKey.Builder((RSAPublicKey) FORGE.rsa.getPublic())
                .keyID(kid)
                .build()
                .toJSONString();
    }

    private static String keys(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    private String token(String kid) {
        return FORGE.rs256(
                "{\"alg\":\"RS256\",\"kid\":\"" + kid + "\"}",
                BadTokens.goodClaims(clock.instant().plusSeconds(100_000)));
    }

    private void knows(String kid) {
        CompletableFuture<VerifiedToken> verified = verifier.verify(token(kid)).toFuture();
        answer(keys(rsa(kid)));
        assertThat(verified).isCompleted();
    }

    private void assertRefused(String token) {
        assertThatThrownBy(() -> verifier.verify(token).block()).isInstanceOf(InvalidToken.class);
    }

    @Test
    void nothingIsFetchedBeforeATokenHasPassedAllButItsSignature() {
        BadTokens.table(FORGE, URI.create("http://127.0.0.1:9"), clock.instant())
                .forEach((what, token) -> {
                    if (!token.startsWith(FORGE.rs256("{\"alg\":\"RS256\"", "").substring(0, 8))) {
                        assertThatThrownBy(() -> verifier.verify(token).toFuture())
                                .as(what)
                                .isInstanceOf(InvalidToken.class);
                    }
                });
        assertRefused(FORGE.rs256("{\"alg\":\"RS256\"}", "{\"exp\":1}"));
        assertThat(fetches).isEmpty();
    }

    @Test
    void theFirstTokenWaitsForTheKeysAndSoDoThoseBesideIt() {
        CompletableFuture<VerifiedToken> first = verifier.verify(token("1")).toFuture();
        CompletableFuture<VerifiedToken> second = verifier.verify(token("1")).toFuture();
        assertThat(fetches).hasSize(1);
        assertThat(first).isNotDone();
        answer(keys(rsa("1")));

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void strangersWithRandomKidsCauseOneFetchInTenSeconds() {
        knows("1");
        for (int i = 0; i < 1000; i++) {
            assertRefused(token("random " + i));
        }
        assertThat(fetches).hasSize(1);
        clock.advance(Duration.ofSeconds(10));
        CompletableFuture<VerifiedToken> next = verifier.verify(token("2")).toFuture();
        assertThat(fetches).hasSize(2);
        answer(keys(rsa("1"), rsa("2")));

        assertThat(next).isCompleted();
        assertThat(verifier.verify(token("1")).block()).isNotNull();
    }

    @Test
    void aKeyThatHasGoneTakesItsRememberedTokensAlong() {
        String token = token("1");
        CompletableFuture<Bearer> bearer = bearers.read(token).toFuture();
        answer(keys(rsa("1")));
        assertThat(bearer).isCompleted();
        assertThat(bearers.read(token).block()).isNotNull();
        clock.advance(Duration.ofMinutes(6));
        bearers.read(token).block();
        assertThat(fetches).as("in the background").hasSize(2);
        answer(keys(rsa("2")));

        assertThatThrownBy(() -> bearers.read(token).block()).isInstanceOf(InvalidToken.class);
    }

    @Test
    void whileTheKeysCannotBeFetchedNobodyKnows() {
        CompletableFuture<VerifiedToken> first = verifier.verify(token("1")).toFuture();
        fetches.get(0).completeExceptionally(new IOException("down"));
        assertThat(first).isCompletedExceptionally();
        Mono<VerifiedToken> second = verifier.verify(token("1"));

        assertThatThrownBy(second::block).isInstanceOf(KeysUnavailable.class);
        assertThat(fetches).hasSize(1);
    }

    @Test
    void knownKeysStayGoodForADayWithoutTheirServer() {
        knows("1");
        for (int i = 0; i < 23; i++) {
            clock.advance(Duration.ofHours(1));
            assertThat(verifier.verify(token("1")).block()).isNotNull();
            fetches.get(fetches.size() - 1).completeExceptionally(new IOException("down"));
        }
        clock.advance(Duration.ofHours(2));
        CompletableFuture<VerifiedToken> late = verifier.verify(token("1")).toFuture();
        fetches.get(fetches.size() - 1).completeExceptionally(new IOException("down"));

        assertThat(late).isCompletedExceptionally();
    }

    @Test
    void onlyPublicKeysForSignaturesAreTaken() {
        String ec = new ECKey.Builder(Curve.P_256, (ECPublicKey) FORGE.ec.getPublic())
                .build()
                .toJSONString();
        String secret = "{\"kty\":\"oct\",\"k\":\"" + "A".repeat(43) + "\"}";
        String forEncryption = rsa("3").replace("\"kid\"", "\"use\":\"enc\",\"kid\"");
        String forAnother = rsa("4").replace("\"kid\"", "\"alg\":\"RS512\",\"kid\"");

        assertThat(JwkSetReader.read(keys(rsa("1"), ec, secret, forEncryption, forAnother, "{}", "7")
                        .getBytes(UTF_8)))
                .extracting(named -> named.key().algorithm())
                .containsExactly(Algorithm.RS256, Algorithm.ES256);
        assertThatThrownBy(() -> JwkSetReader.read("[]".getBytes(UTF_8))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anIssuerSaysWhereItsKeysAre() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        String issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
        serve(
                server,
                "/realm/.well-known/openid-configuration",
                "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/keys\"}");
        serve(server, "/realm/keys", keys(rsa("1")));
        server.start();
        try {
            TokenVerifier ofIssuer =
                    new TokenVerifier(List.of(JwkSet.ofIssuer(issuer)), new TokenRules(null, Set.of(), clock));
            assertThat(ofIssuer.verify(token("1")).block(Duration.ofSeconds(20)))
                    .isNotNull();
        } finally {
            server.stop(0);
        }
    }

    private static void serve(HttpServer server, String path, String json) {
        server.createContext(path, exchange -> {
            exchange.sendResponseHeaders(200, json.length());
            exchange.getResponseBody().write(json.getBytes(UTF_8));
            exchange.close();
        });
    }
}
