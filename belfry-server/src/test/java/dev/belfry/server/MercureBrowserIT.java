package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The browser's own EventSource as a Mercure client, on a page of another origin. */
@DisabledIfSystemProperty(named = "belfry.tests.browser", matches = "false", disabledReason = "there is no browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MercureBrowserIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SCRIPT = """
            source.onmessage = note('message');
            source.addEventListener('typed', note('typed'));
            """;

    private EventSourcePage page;
    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory, @TempDir Path profile) throws IOException {
        page = new EventSourcePage(SCRIPT);
        belfry = BelfryProcess.start(
                directory, "--belfry.allowed-origins=" + page.origin(), "--belfry.stream.retry=200ms");
        page.startBrowser(profile);
    }

    @AfterAll
    void stop() {
        page.close();
        belfry.close();
    }

    private void open(String query) {
        page.open(Mercure.hub(belfry) + "?" + query);
        Awaitility.await().atMost(SOON).until(() -> page.seen().contains("open"));
    }

    private List<String> awaitUpdates(int count) {
        Awaitility.await().atMost(SOON).until(() -> page.events().size() >= count);
        return page.events();
    }

    @Test
    void dataKeepsItsEmptyLinesAndLeadingSpaces() {
        open("topic=spaces");
        List<String> expected = new ArrayList<>();
        for (String data : List.of("  two", " one\n  two\n\n", "", "\u00E9\uD83D\uDD14", "data: x", ":")) {
            expected.add("message " + Mercure.publish(belfry, "topic", "spaces", "data", data) + " " + data);
        }
        assertThat(awaitUpdates(expected.size())).isEqualTo(expected);
    }

    @Test
    void comesBackWithThePublishersIdAfterARestart() {
        open("match_urlpattern=" + URLEncoder.encode("https://example.com/books/:id", UTF_8));
        String topic = "https://example.com/books/1";
        Mercure.publish(belfry, "topic", topic, "data", "1", "id", "urn:1", "type", "typed");
        awaitUpdates(1);

        belfry.stop();
        belfry = belfry.startAgain();
        Mercure.publish(belfry, "topic", topic, "data", "2", "id", "urn:2", "type", "typed");
        Mercure.publish(belfry, "topic", "https://example.com/authors/1", "data", "no", "id", "urn:x");
        Mercure.publish(belfry, "topic", topic, "data", "3", "id", "urn:3");

        assertThat(awaitUpdates(3)).containsExactly("typed urn:1 1", "typed urn:2 2", "message urn:3 3");
    }
}
