package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

/** The browser's own EventSource, on a page of another origin. */
@DisabledIfSystemProperty(named = "belfry.tests.browser", matches = "false", disabledReason = "there is no browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SCRIPT = """
            source.onerror = () => seen.push(source.readyState === EventSource.CLOSED ? 'closed' : 'error');
            for (const name of ['notification', 'awkward', 'belfry.gap']) {
              source.addEventListener(name, note(name));
            }
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

    private void open(String topic) {
        page.open(belfry.notifications("") + "?topic=" + topic);
    }

    private List<String> seen() {
        return page.seen();
    }

    private List<String> events() {
        return page.events();
    }

    private void awaitEvents(int count) {
        Awaitility.await().atMost(SOON).until(() -> events().size() >= count);
    }

    @Test
    void itIsOpenBeforeThereIsAnyEvent() {
        open("opening");

        Awaitility.await().atMost(SOON).until(() -> seen().equals(List.of("open")));
    }

    @Test
    void leadingSpacesAndEmptyLinesAreKept() {
        open("spaces");
        Awaitility.await().atMost(SOON).until(() -> seen().contains("open"));
        List<String> texts = List.of("  two", " one\n  two\n\n", "", "\u00E9\uD83D\uDD14", "data: x", ":");
        List<String> expected = new ArrayList<>();
        for (String text : texts) {
            String id = Http.publish(
                            belfry.notifications(""),
                            Http.JSON,
                            "{\"topic\":\"spaces\",\"event\":\"awkward\",\"data\":" + Json.quoted(text) + "}")
                    .get(0);
            expected.add("awkward " + id + " " + text);
        }
        awaitEvents(texts.size());

        assertThat(events()).isEqualTo(expected);
    }

    @Test
    void itComesBackByItselfAfterARestartWithNothingLostAndNothingTwice() {
        open("restart");
        Awaitility.await().atMost(SOON).until(() -> seen().contains("open"));
        List<String> expected = new ArrayList<>();
        publish(0, 10, expected);
        awaitEvents(10);

        belfry.stop();
        belfry = belfry.startAgain();
        publish(10, 20, expected);
        awaitEvents(20);
        belfry.kill();
        belfry = belfry.startAgain();
        publish(20, 30, expected);
        awaitEvents(30);
        publish(30, 31, expected);
        awaitEvents(31);

        assertThat(events()).isEqualTo(expected);
        assertThat(seen()).contains("error").doesNotContain("closed");
    }

    private void publish(int from, int to, List<String> expected) {
        List<String> ids = Http.publishNumbers(belfry, "restart", from, to);
        for (int i = 0; i < ids.size(); i++) {
            expected.add("notification " + ids.get(i) + " " + (from + i));
        }
    }

    @Test
    void aPageOfAnotherOriginGetsNothing() {
        page.openAt(
                page.origin().replace("127.0.0.1", "localhost"),
                belfry.notifications("").toString());

        Awaitility.await().atMost(SOON).until(() -> seen().equals(List.of("closed")));
    }
}
