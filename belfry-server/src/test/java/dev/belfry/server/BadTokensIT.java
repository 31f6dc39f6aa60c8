package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.testkit.BadTokens;
import dev.belfry.testkit.TokenForge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every token of the table is refused with the same answer, and none makes the server ask where it points to. */
class BadTokensIT {
    private static final TokenForge FORGE = new TokenForge("0123456789abcdef-0123456789abcdef");

    @TempDir
    private Path directory;

    @Test
    void eachIs401WithItsChallengeAndNobodyIsAsked() throws IOException {
        Path publicKeys = Files.writeString(directory.resolve("keys.pem"), FORGE.publicKeys());
        try (ServerSocket trap = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                BelfryProcess belfry = BelfryProcess.start(
                        directory.resolve("data"),
                        "--belfry.security.jwt.secret=" + FORGE.secret,
                        "--belfry.security.jwt.public-key=file:" + publicKeys,
                        "--belfry.security.jwt.issuer=" + BadTokens.ISSUER,
                        "--belfry.security.jwt.audience=" + BadTokens.AUDIENCE,
                        "--belfry.security.anonymous=true")) {
            URI uri = URI.create("http://127.0.0.1:" + trap.getLocalPort());
            Map<String, String> table = BadTokens.table(FORGE, uri, Instant.now());
            assertThat(table).hasSizeGreaterThan(80);
            table.forEach((what, token) -> {
                assertRefused(belfry, what, token, "GET", "");
                assertRefused(belfry, what, token, "POST", "x");
            });
            String good = "Bearer " + FORGE.token(BadTokens.goodClaims(Instant.now()));
            HttpResponse<String> answer = Http.get(belfry.notifications(""), "Authorization", good);
            assertThat(answer.body()).as("nothing was published").startsWith("{\"events\":[]");
            trap.setSoTimeout(500);
            assertThatThrownBy(trap::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    private static void assertRefused(BelfryProcess belfry, String what, String token, String method, String body) {
        HttpResponse<String> answer =
                Http.send(method, belfry.notifications("/a"), body, "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).as(what).isEqualTo(401);
        assertThat(answer.headers().allValues("WWW-Authenticate"))
                .as(what)
                .containsExactly("Bearer error=\"invalid_token\"");
        assertThat(Http.code(answer)).as(what).isEqualTo("invalid-token");
        assertThat(answer.body()).as(what).contains("\"detail\":\"the token is not valid here, or not any more\"");
    }
}
