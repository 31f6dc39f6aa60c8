package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a file of keys, and the tokens that the command line makes for it. */
class SecuredIT {
    private static final String UPGRADE = "Upgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";
    private static final List<String> TRANSPORTS =
            List.of("Accept: application/json", "Accept: text/event-stream", "Accept: application/x-ndjson", UPGRADE);

    @TempDir
    private Path directory;

    private Path keyFile() {
        return directory.resolve("keys");
    }

    private BelfryProcess serve(String... options) {
        List<String> all = new ArrayList<>(List.of("--key-file", keyFile().toString()));
        all.addAll(List.of(options));
        return BelfryProcess.start(directory.resolve("data"), all.toArray(String[]::new));
    }

    private String token(String... options) {
        List<String> command =
                new ArrayList<>(List.of("token", "--key-file", keyFile().toString()));
        command.addAll(List.of(options));
        BelfryProcess.Ended ended = BelfryProcess.run(command.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.toString()).isZero();
        assertThat(ended.stderr()).isEmpty();
        return ended.stdout().strip();
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    private static String ticket(BelfryProcess belfry, String token) {
        HttpResponse<String> answer = Http.send(
                "POST",
                belfry.uri("/api/tickets"),
                "{\"topics\":[\"mine/**\"],\"ttl\":60}",
                "Authorization",
                "Bearer " + token);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        return Json.tree(answer.body()).get("ticket").asString();
    }

    @Test
    void eachTransportIsServedByHeaderCookieAndTicket() throws IOException {
        try (BelfryProcess belfry = serve()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile())))
                    .isEqualTo("rw-------");
            assertThat(belfry.said()).doesNotContain(Files.readString(keyFile()).strip());
            String token = token("--sub", "me", "--publish", "**", "--subscribe", "mine/**");
            for (String topic : List.of("mine/1", "theirs/1", "mine/2")) {
                HttpResponse<String> published = Http.send(
                        "POST", belfry.notifications("/" + topic), "to " + topic, "Authorization", "Bearer " + token);
                assertThat(published.statusCode()).isEqualTo(201);
            }
            for (String transport : TRANSPORTS) {
                assertSeesItsOwn(belfry, "?after=earliest", bearer(token), transport);
                String origin = "Origin: http://localhost";
                assertSeesItsOwn(belfry, "?after=earliest", "Cookie: belfry=" + token, origin, transport);
                assertSeesItsOwn(belfry, "?after=earliest&ticket=" + ticket(belfry, token), transport);
                assertThat(first(belfry, "", transport)).startsWith("HTTP/1.1 401 ");
            }
        }
    }

    private static void assertSeesItsOwn(BelfryProcess belfry, String query, String... headers) {
        try (RawHttp client = RawHttp.request(belfry.port(), head(query, headers))) {
            assertThat(client.untilContains("to mine/2")).contains("to mine/1").doesNotContain("theirs");
        }
    }

    private static String first(BelfryProcess belfry, String query, String... headers) {
        try (RawHttp client = RawHttp.request(belfry.port(), head(query, headers))) {
            return client.untilContains("\r\n\r\n");
        }
    }

    private static String head(String query, String... headers) {
        return "GET /api/notifications" + query + " HTTP/1.1\nHost: localhost\n" + String.join("\n", headers);
    }

    @Test
    void keysChangeWithoutARestart() throws IOException {
        try (BelfryProcess belfry = serve()) {
            String old = Files.readString(keyFile());
            String before = token("--subscribe", "**");
            Files.writeString(keyFile(), "a-new-secret-that-is-long-enough-for-all\n" + old);
            String after = token("--subscribe", "**");
            Awaitility.await().until(() -> status(belfry, after) == 200);
            assertThat(status(belfry, before)).as("while both are there").isEqualTo(200);
            Files.writeString(keyFile(), "a-new-secret-that-is-long-enough-for-all\n");
            Awaitility.await().until(() -> status(belfry, before) == 401);
            assertThat(status(belfry, after)).isEqualTo(200);
        }
    }

    private static int status(BelfryProcess belfry, String token) {
        return Http.get(belfry.notifications(""), "Authorization", "Bearer " + token)
                .statusCode();
    }

    @Test
    void aServerForOthersNeedsKeysAndIsThenReachedByAnyName() throws IOException {
        try (BelfryProcess belfry = serve("--host", "0.0.0.0")) {
            String token = token("--subscribe", "**");
            try (RawHttp client = RawHttp.request(
                    belfry.port(),
                    "GET /api/notifications HTTP/1.1\nHost: belfry.example\nConnection: close\n" + bearer(token))) {
                assertThat(client.untilEnd()).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void ticketsAreForThoseWithATokenAndTheirWordsAreStrict() throws IOException {
        try (BelfryProcess belfry = serve("--belfry.security.anonymous=true")) {
            String token = token("--sub", "me", "--subscribe", "**");
            URI tickets = belfry.uri("/api/tickets");
            assertThat(Http.send("POST", tickets, "{\"topics\":[\"a\"]}").statusCode())
                    .isEqualTo(401);
            for (String body : List.of(
                    "",
                    "[]",
                    "{}",
                    "{\"topics\":[]}",
                    "{\"topics\":[7]}",
                    "{\"topics\":[\"a\"],\"ttl\":61}",
                    "{\"topics\":[\"a\"],\"ttl\":0}",
                    "{\"topics\":[\"a\"],\"x\":1}",
                    "{\"topics\":[\"a\"],\"topics\":[\"b\"]}",
                    "{\"topics\":[\"a\"]}{}")) {
                HttpResponse<String> answer = Http.send("POST", tickets, body, "Authorization", "Bearer " + token);
                assertThat(answer.statusCode()).as(body).isEqualTo(400);
            }
            String large = "{\"topics\":[\"" + "a".repeat(20_000) + "\"]}";
            assertThat(Http.send("POST", tickets, large, "Authorization", "Bearer " + token)
                            .statusCode())
                    .isEqualTo(413);
            assertThat(Http.get(tickets, "Authorization", "Bearer " + token).statusCode())
                    .isEqualTo(405);
            String ticket = ticket(belfry, token);
            assertThat(Http.get(belfry.notifications("?ticket=" + ticket)).statusCode())
                    .isEqualTo(200);
            assertThat(Http.get(belfry.notifications("?ticket=" + ticket)).statusCode())
                    .isEqualTo(401);
        }
    }
}
