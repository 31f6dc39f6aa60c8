package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import dev.belfry.testkit.TokenForge;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A marked token and a marked ticket go every way there is, errors included, and are found in nothing that the server says or keeps. */
class TokenSecrecyIT {
    private static final String MARK = "MARKedTOKENmark";
    private static final TokenForge FORGE = new TokenForge("0123456789abcdef-" + MARK + "-secret");
    private static final String UPGRADE = "Upgrade: websocket\nConnection: Upgrade\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\nSec-WebSocket-Version: 13";

    @TempDir
    private Path directory;

    private final List<String> answers = new ArrayList<>();

    @Test
    void aTokenIsInNoLogMetricActuatorAnswerOrErrorBody() throws IOException {
        int management = BelfryProcess.freePort();
        try (BelfryProcess belfry = BelfryProcess.start(
                directory,
                "--belfry.security.jwt.secret=" + FORGE.secret,
                "--logging.level.dev.belfry=DEBUG",
                "--management.server.port=" + management,
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.env.show-values=never")) {
            drive(belfry);
            for (String endpoint :
                    List.of("health", "prometheus", "metrics", "env", "configprops", "beans", "mappings", "loggers")) {
                answers.add(Http.get(URI.create("http://127.0.0.1:" + management + "/actuator/" + endpoint))
                        .body());
            }
            belfry.stop();
            assertThat(answers).hasSizeGreaterThan(40);
            for (String secret : secrets()) {
                assertThat(answers).allSatisfy(answer -> assertThat(answer).doesNotContain(secret));
                assertThat(belfry.said()).doesNotContain(secret);
                assertThat(onDisk()).noneMatch(text -> text.contains(secret));
            }
            assertThat(belfry.said()).as("there is something to search").contains("DEBUG");
        }
    }

    private static String token(String sub, long seconds) {
        return FORGE.token("{\"sub\":\"" + sub + "\",\"exp\":"
                + Instant.now().plusSeconds(seconds).getEpochSecond()
                + ",\"belfry\":{\"publish\":[\"a\"],\"subscribe\":[\"a\"]}}");
    }

    private final String good = token("me", 600);
    private final String expired = token("me", -600);
    private final String malformed = MARK + "." + MARK + ".x";

    /** Of each token what nobody would say by chance. */
    private List<String> secrets() {
        return List.of(MARK, good.substring(40), expired.substring(40), good.substring(good.lastIndexOf('.')));
    }

    private void drive(BelfryProcess belfry) {
        for (String token : List.of(good, expired, malformed, MARK)) {
            for (String method : List.of("GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE")) {
                for (String path :
                        List.of("/api/notifications/a", "/api/notifications/%zz", "/api/tickets", "/nowhere")) {
                    ask(belfry, method + " " + path, "Authorization: Bearer " + token);
                }
            }
            ask(belfry, "GET /api/notifications?ticket=" + token);
            ask(belfry, "GET /api/notifications?access_token=" + token + "&after=x");
            ask(belfry, "GET /api/notifications", "Cookie: belfry=" + token, "Authorization: Bearer " + token);
            ask(belfry, "POST /api/notifications/b", "Cookie: belfry=" + token, "Origin: http://localhost");
            ask(belfry, "GET /api/notifications", "Cookie: belfry=" + token, UPGRADE);
            ask(belfry, "GET /api/notifications", "Authorization: Basic " + token);
            ask(belfry, "GET /api/notifications", "Authorization: " + token);
            ask(belfry, "GET /api/notifications", "Authorization: Bearer " + token, "Accept: x/" + MARK.charAt(0));
            for (String stream : List.of("Accept: text/event-stream", "Accept: application/x-ndjson", UPGRADE)) {
                beginAndEnd(belfry, "Authorization: Bearer " + token, stream);
            }
        }
        HttpResponse<String> ticket = Http.send(
                "POST", belfry.uri("/api/tickets"), "{\"topics\":[\"a\"]}", "Authorization", "Bearer " + good);
        assertThat(ticket.statusCode()).isEqualTo(201);
    }

    private void ask(BelfryProcess belfry, String line, String... headers) {
        boolean hasBody = line.startsWith("POST");
        String head = line + " HTTP/1.1\nHost: localhost\nConnection: close\n" + String.join("\n", headers)
                + (headers.length == 0 ? "" : "\n") + (hasBody ? "Content-Length: 1\n\nx" : "");
        try (RawHttp client = RawHttp.request(belfry.port(), head.stripTrailing())) {
            answers.add(client.untilEnd());
        }
    }

    private void beginAndEnd(BelfryProcess belfry, String... headers) {
        String head = "GET /api/notifications/a HTTP/1.1\nHost: localhost\n" + String.join("\n", headers);
        try (RawHttp client = RawHttp.request(belfry.port(), head)) {
            answers.add(client.untilContains("\r\n\r\n"));
        }
    }

    private List<String> onDisk() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.add(new String(Files.readAllBytes(file), ISO_8859_1));
            }
            return texts;
        }
    }
}
