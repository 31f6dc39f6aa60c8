package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of both versions, signed, on the packaged server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MercureTokensIT {
    private static final String SECRET = "a-secret-of-more-than-32-bytes-for-tests";
    private static final String PUBLISHER = token("{}", "\"mercure\":{\"publish\":[\"*\"]}");

    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(
                directory,
                "--belfry.security.jwt.secret=" + SECRET,
                "--belfry.security.anonymous=true",
                "--belfry.mercure.hub-url=https://example.com/.well-known/mercure");
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private static String token(String header, String claims) {
        String more = header.equals("{}") ? "" : "," + header;
        long expires = Instant.now().plusSeconds(600).getEpochSecond();
        String signed =
                part("{\"alg\":\"HS256\"" + more + "}") + "." + part("{\"exp\":" + expires + "," + claims + "}");
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(UTF_8), "HmacSHA256"));
            return signed + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal(signed.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(UTF_8));
    }

    private RawHttp subscribe(String query, String header) {
        URI hub = Mercure.hub(belfry);
        RawHttp client = RawHttp.request(
                hub.getPort(),
                "GET " + hub.getPath() + "?" + query + " HTTP/1.1\nHost: " + hub.getAuthority() + "\n" + header);
        client.untilContains("\n\n");
        assertThat(client.status()).as(client.text()).isEqualTo(200);
        return client;
    }

    private HttpResponse<String> publish(String token, String... fields) {
        return Http.send(
                "POST",
                Mercure.hub(belfry),
                Mercure.form(fields),
                "Content-Type",
                Mercure.FORM,
                "Authorization",
                "Bearer " + token);
    }

    @Test
    void aPrivateUpdateGoesToTokensOfBothVersionsThatAllowIt() {
        String v0 = token("{}", "\"mercure\":{\"subscribe\":[\"https://example.com/users/{id}\"]}");
        String v1 = token(
                "\"typ\":\"at+jwt\"",
                "\"authorization_details\":[{\"type\":\"https://mercure.rocks/authorization-detail\","
                        + "\"actions\":[\"subscribe\"],\"topics\":[{\"match\":\"/users/:id\",\"match_type\":\"urlpattern\"}]}]");
        try (RawHttp old = subscribe("topic=*", "Cookie: mercureAuthorization=" + v0);
                RawHttp recent = subscribe("match=*", "Authorization: Bearer " + v1);
                RawHttp nobody = subscribe("topic=*", "X-Nothing: x")) {
            publish(PUBLISHER, "topic", "https://example.com/users/1", "data", "secret", "private", "on");
            publish(PUBLISHER, "topic", "https://example.com/users/1", "data", "open");
            assertThat(old.untilContains("data: open")).contains("data: secret");
            assertThat(recent.untilContains("data: open")).contains("data: secret");
            assertThat(nobody.untilContains("data: open")).doesNotContain("secret");
        }
    }

    @Test
    void theClaimOfMercureMeansTheSameOnTheNativeDoor() {
        HttpResponse<String> response = Http.send(
                "POST",
                belfry.notifications("/native"),
                "x",
                "Content-Type",
                "text/plain",
                "Authorization",
                "Bearer " + PUBLISHER);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    }

    @Test
    void aForgedTokenIsNobody() {
        HttpResponse<String> forged =
                publish(PUBLISHER.substring(0, PUBLISHER.length() - 8) + "AAAAAAAA", "topic", "a");
        assertThat(forged.statusCode()).isEqualTo(401);
        HttpResponse<String> none =
                Http.send("POST", Mercure.hub(belfry), Mercure.form("topic", "a"), "Content-Type", Mercure.FORM);
        assertThat(none.statusCode()).isEqualTo(401);
    }
}
