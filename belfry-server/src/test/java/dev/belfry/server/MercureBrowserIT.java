package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
import org.openqa.selenium.chrome.ChromeDriver;

/** The browser's own EventSource as a Mercure client, on a page of another origin. */
@DisabledIfSystemProperty(named = "belfry.tests.browser", matches = "false", disabledReason = "there is no browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MercureBrowserIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><title>Belfry</title><script>
            const seen = [];
            const source = new EventSource(new URLSearchParams(location.search).get('url'));
            const note = name => e => seen.push(name + ' ' + e.lastEventId + ' ' + e.data);
            source.onopen = () => seen.push('open');
            source.onmessage = note('message');
            source.addEventListener('typed', note('typed'));
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

    private void open(String query) {
        String url = Mercure.hub(belfry) + "?" + query;
        browser.get(origin() + "/?url=" + URLEncoder.encode(url, UTF_8));
        Awaitility.await().atMost(SOON).until(() -> seen().contains("open"));
    }

    private List<String> seen() {
        List<String> seen = new ArrayList<>();
        ((List<?>) browser.executeScript("return seen")).forEach(entry -> seen.add((String) entry));
        return seen;
    }

    private List<String> awaitUpdates(int count) {
        Awaitility.await().atMost(SOON).until(() -> updates().size() >= count);
        return updates();
    }

    private List<String> updates() {
        return seen().stream().filter(entry -> entry.contains(" ")).toList();
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
