package dev.belfry.example.secured;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "belfry.log.type=memory")
class SecuredApplicationTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @LocalServerPort
    private int port;

    private final CookieManager cookies = new CookieManager();
    private final HttpClient client =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body));
        return client.send(
                headers.length == 0 ? request.build() : request.headers(headers).build(), BodyHandlers.ofString());
    }

    private String csrf() {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElseThrow();
    }

    private void logIn(String name) throws Exception {
        get("/login");
        String form = "username=" + name + "&password=" + name + "-password&_csrf=" + csrf();
        assertThat(post("/login", form, "Content-Type", "application/x-www-form-urlencoded")
                        .statusCode())
                .isEqualTo(302);
        get("/me");
    }

    @Test
    void nobodyReadsOrPublishesWithoutASession() throws Exception {
        assertThat(get("/api/notifications").statusCode()).isBetween(300, 499);
        get("/login");
        assertThat(post("/api/notifications/users/alice/notes", "x", "X-XSRF-TOKEN", csrf())
                        .statusCode())
                .isBetween(300, 499);
    }

    @Test
    void aUserReadsItsOwnAndPublishesWithTheCsrfTokenInAHeader() throws Exception {
        logIn("bob");
        assertThat(post("/api/notifications/users/alice/notes", "to alice").statusCode())
                .isEqualTo(403);
        assertThat(post("/api/notifications/users/alice/notes", "to alice", "X-XSRF-TOKEN", csrf())
                        .statusCode())
                .isEqualTo(201);
        assertThat(post("/api/notifications/users/bob/notes", "to bob", "X-XSRF-TOKEN", csrf())
                        .statusCode())
                .isEqualTo(201);
        assertThat(post("/api/notifications/news", "x", "X-XSRF-TOKEN", csrf()).statusCode())
                .isEqualTo(403);

        assertThat(get("/api/notifications").body()).contains("to bob").doesNotContain("to alice");
    }

    @Test
    @DisabledIfSystemProperty(named = "belfry.tests.browser", matches = "false", disabledReason = "there is no browser")
    void aBrowserLogsInAndSendsItselfANote(@TempDir Path profile) {
        ChromeDriver browser = browser(profile);
        try {
            browser.get(uri("/").toString());
            browser.findElement(By.name("username")).sendKeys("alice");
            browser.findElement(By.name("password")).sendKeys("alice-password");
            browser.findElement(By.cssSelector("button[type=submit]")).click();
            Awaitility.await()
                    .atMost(SOON)
                    .until(() -> !browser.findElements(By.cssSelector("#notes[data-open]"))
                            .isEmpty());
            browser.findElement(By.id("to")).sendKeys("alice");
            browser.findElement(By.id("text")).sendKeys("<b>hello</b>");
            browser.findElement(By.cssSelector("#note button")).click();
            Awaitility.await().atMost(SOON).until(() -> notes(browser).contains("alice: <b>hello</b>"));
        } finally {
            browser.quit();
        }
    }

    private static List<String> notes(ChromeDriver browser) {
        return browser.findElements(By.cssSelector("#notes li")).stream()
                .map(WebElement::getText)
                .toList();
    }

    private static ChromeDriver browser(Path profile) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary("/usr/bin/chromium");
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-proxy-server",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(new File("/usr/bin/chromedriver"))
                .build();
        return new ChromeDriver(service, options);
    }
}
