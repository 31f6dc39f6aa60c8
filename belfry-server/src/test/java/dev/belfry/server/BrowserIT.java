package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import org.openqa.selenium.chrome.ChromeDriver;

/** The browser's own EventSource, on a page of another origin. */
@DisabledIfSystemProperty(named = "belfry.tests.browser", matches = "false", disabledReason = "there is no browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrowserIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><title>Belfry</title><script>
            const seen = [];
            const source = new EventSource(new URLSearchParams(location.search).get('url'));
            source.onopen = () => seen.push('open');
            source.onerror = () => seen.push(source.readyState === EventSource.CLOSED ? 'closed' : 'error');
            for (const name of ['notification', 'awkward', 'belfry.gap']) {
              source.addEventListener(name, e => seen.push(name + ' ' + e.lastEventId + ' ' + e.data));
            }
            </script>
            """;

    private HttpServer pages;
    private ChromeDriver browser;
    private BelfryProcess belfry;

    @BeforeAll
    void start(@TempDir Path directory, @TempDir Path profile) throws IOException {
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        pages.createContext("/", exchange -> {
            byte[] page = PAGE.getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        pages.start();
        belfry = BelfryProcess.start(directory, "--belfry.allowed-origins=" + origin(), "--belfry.stream.retry=200ms");
        browser = Chromium.start(profile);
    }

    @AfterAll
    void stop() {
        if (browser != null) {
            browser.quit();
        }
        pages.stop(0);
        belfry.close();
    }

    private String origin() {
        return "http://127.0.0.1:" + pages.getAddress().getPort();
    }

    private void open(String topic) {
        browser.get(origin() + "/?url=" + belfry.notifications("") + "%3Ftopic%3D" + topic);
    }

    private List<String> seen() {
        List<String> seen = new ArrayList<>();
        ((List<?>) browser.executeScript("return seen")).forEach(entry -> seen.add((String) entry));
        return seen;
    }

    /** What came, without what only tells of the connection. */
    private List<String> events() {
        return seen().stream().filter(entry -> entry.contains(" ")).toList();
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
        browser.get(origin().replace("127.0.0.1", "localhost") + "/?url=" + belfry.notifications(""));

        Awaitility.await().atMost(SOON).until(() -> seen().equals(List.of("closed")));
    }
}
