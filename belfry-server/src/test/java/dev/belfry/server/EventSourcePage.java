package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openqa.selenium.chrome.ChromeDriver;

/** A page with an EventSource, in a real browser and on an origin of its own. Its script notes what it sees in an array, {@code seen}. */
final class EventSourcePage implements AutoCloseable {
    private static final String PAGE = """
            <!doctype html><meta charset="utf-8"><title>Belfry</title><script>
            const seen = [];
            const source = new EventSource(new URLSearchParams(location.search).get('url'));
            source.onopen = () => seen.push('open');
            const note = name => e => seen.push(name + ' ' + e.lastEventId + ' ' + e.data);
            %s
            </script>
            """;

    private final HttpServer pages;
    private ChromeDriver browser;

    /** @param script what else the page does with its {@code source} */
    EventSourcePage(String script) throws IOException {
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] page = PAGE.formatted(script).getBytes(UTF_8);
        pages.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        pages.start();
    }

    void startBrowser(Path profile) {
        browser = Chromium.start(profile);
    }

    String origin() {
        return "http://127.0.0.1:" + pages.getAddress().getPort();
    }

    void open(String url) {
        openAt(origin(), url);
    }

    /** As {@link #open}, but the page is of another origin. */
    void openAt(String origin, String url) {
        browser.get(origin + "/?url=" + URLEncoder.encode(url, UTF_8));
    }

    List<String> seen() {
        List<String> seen = new ArrayList<>();
        ((List<?>) browser.executeScript("return seen")).forEach(entry -> seen.add((String) entry));
        return seen;
    }

    /** What came, without what only tells of the connection. */
    List<String> events() {
        return seen().stream().filter(entry -> entry.contains(" ")).toList();
    }

    @Override
    public void close() {
        if (browser != null) {
            browser.quit();
        }
        pages.stop(0);
    }
}
