package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Mercure on the packaged server, beside the native doors. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MercureIT {
    private static final Path SYMFONY = Path.of("/usr/share/php/Symfony/Component/Mercure/autoload.php");

    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory, "--belfry.mercure.hub-url=https://example.com/.well-known/mercure");
    }

    @AfterAll
    void stop() {
        belfry.close();
    }

    private RawHttp subscribe(String query, String... headers) {
        URI hub = Mercure.hub(belfry);
        String head = "GET " + hub.getPath() + "?" + query + " HTTP/1.1\nHost: " + hub.getAuthority();
        RawHttp client =
                RawHttp.request(hub.getPort(), head + (headers.length == 0 ? "" : "\n" + String.join("\n", headers)));
        client.untilContains("\n\n");
        assertThat(client.status()).isEqualTo(200);
        return client;
    }

    @Test
    void bothVersionsGetTheSameUpdates() {
        try (RawHttp v0 = subscribe("topic=https%3A%2F%2Fexample.com%2Fa%2F%7Bid%7D");
                RawHttp v1 = subscribe("match_urlpattern=%2Fa%2F%3Aid&match=b")) {
            String id = Mercure.publish(belfry, "topic", "https://example.com/a/1", "data", "both");
            v0.untilContains("data: both\nid: " + id + "\n\n");
            v1.untilContains("data: both\nid: " + id + "\n\n");
        }
    }

    @Test
    void anUpdateIsAnEventForNativeReadersAndTheOtherWayRound() {
        String id = Mercure.publish(belfry, "topic", "crossing", "data", "{\"a\":1}", "type", "made", "id", "urn:c");
        JsonNode event = Http.readAll(belfry, "crossing").get(0);
        assertThat(event.get("alias").asString()).isEqualTo(id);
        assertThat(event.get("event").asString()).isEqualTo("made");
        assertThat(event.get("data").asString()).isEqualTo("{\"a\":1}");
        try (RawHttp client = subscribe("topic=crossing&lastEventID=urn%3Ac")) {
            String next = Http.publish(belfry.notifications("/crossing"), "text/plain", "native")
                    .get(0);
            assertThat(client.untilContains("data: native\nid: " + next + "\n\n"))
                    .doesNotContain("urn:c\n");
            assertThat(client.header("Last-Event-ID")).isEqualTo("urn:c");
        }
    }

    @Test
    void saysWhatTokensItTakes() {
        HttpResponse<String> response =
                Http.get(Mercure.hub(belfry).resolve("/.well-known/oauth-protected-resource/.well-known/mercure"));
        JsonNode metadata = Json.tree(response.body());
        assertThat(metadata.get("resource").asString()).isEqualTo("https://example.com/.well-known/mercure");
        assertThat(metadata.get("authorization_details_types_supported").get(0).asString())
                .isEqualTo("https://mercure.rocks/authorization-detail");
    }

    @Test
    void aTopicThatWouldBeAPatternIsRefused() {
        HttpResponse<String> response = Http.send(
                "POST", Mercure.hub(belfry), Mercure.form("topic", "*", "data", "x"), "Content-Type", Mercure.FORM);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(Http.code(response)).isEqualTo("invalid-topic");
    }

    static boolean hasSymfony() {
        return Files.exists(SYMFONY) && Files.isExecutable(Path.of("/usr/bin/php"));
    }

    /** A client that is not ours: Debian's php-symfony-mercure. */
    @Test
    @EnabledIf(value = "hasSymfony", disabledReason = "there is no php-symfony-mercure")
    void symfonyPublishes(@TempDir Path directory) throws IOException, InterruptedException {
        Path script = directory.resolve("publish.php");
        Files.writeString(script, """
                <?php
                require 'Symfony/Component/Mercure/autoload.php';
                use Symfony\\Component\\Mercure\\{Hub, Update};
                use Symfony\\Component\\Mercure\\Jwt\\StaticTokenProvider;
                $hub = new Hub($argv[1], new StaticTokenProvider('e30.e30.x'));
                echo $hub->publish(new Update(
                    ['https://example.com/books/1', 'alternate'], "two\\n  lines", true, 'urn:php', 'made', 3));
                """);
        try (RawHttp client = subscribe("topic=alternate")) {
            Process php = new ProcessBuilder(
                            "/usr/bin/php",
                            script.toString(),
                            Mercure.hub(belfry).toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(php.getInputStream().readAllBytes(), UTF_8);
            assertThat(php.waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(said).isEqualTo("urn:php");
            client.untilContains("event: made\ndata: two\ndata:   lines\nid: urn:php\n\n");
        }
    }
}
