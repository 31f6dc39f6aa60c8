package dev.belfry.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.testkit.ForwardingEventLog;
import dev.belfry.testkit.LineRates;
import dev.belfry.testkit.OddRequests;
import dev.belfry.testkit.RawHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** An application at its default levels: what a stranger breaks off or sends wrongly is not among what Spring and Netty log. */
class QuietApplicationTest {
    private static final String POST = "POST /api/notifications?token=SECRET HTTP/1.1\r\nHost: localhost\r\n";
    private static final String WEB_SOCKET = """
            GET /api/notifications?topic= HTTP/1.1
            Host: localhost
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==""";
    private static final String HTTP2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger spring = (Logger) LoggerFactory.getLogger("org.springframework");
    private final Logger belfry = (Logger) LoggerFactory.getLogger("dev.belfry");
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };
    private ConfigurableApplicationContext context;

    @EnableAutoConfiguration
    @RestController
    static class Application {
        /** It has a defect, whose message repeats what was sent. */
        @Bean
        EventLog log() {
            return new ForwardingEventLog(new InMemoryEventLog()) {
                @Override
                public CompletableFuture<Receipt> append(Publication publication, Executor answers) {
                    String text = publication.notifications().get(0).toString();
                    if (text.contains("defect")) {
                        throw new IllegalStateException(text);
                    }
                    return super.append(publication, answers);
                }
            };
        }

        @PostMapping("/echo")
        Mono<String> echo(@RequestBody String body) {
            return Mono.just(body);
        }

        @GetMapping("/broken")
        Mono<String> broken() {
            return Mono.error(new IllegalStateException("a defect"));
        }

        @GetMapping(path = "/half", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> half() {
            return Flux.just("one").concatWith(Mono.error(new IllegalStateException("a defect")));
        }
    }

    @BeforeEach
    void start() {
        context = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.REACTIVE)
                .logStartupInfo(false)
                .run(
                        "--server.port=0",
                        "--server.address=127.0.0.1",
                        "--server.http2.enabled=true",
                        "--belfry.log.type=memory");
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.INFO);
        spring.setLevel(null);
        belfry.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stop() {
        root.detachAppender(appender);
        root.setLevel(Level.WARN);
        spring.setLevel(Level.OFF);
        belfry.setLevel(null);
        context.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZSECRET\r\n",
                POST + "Content-Length: 100\r\n\r\nSECRET",
                "POST /echo?token=SECRET HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nSECRET",
                "POST /echo?token=SECRET HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nSECRET\r\n",
                "GET /x?token=SECRET HTTP/1.1\r\nHost: localhost:x\r\nX: SECRET\r\n\r\n",
                "GET /x?token=SECRET HTTP/1.1\r\nHost: localhost:99999\r\nX: SECRET\r\n\r\n",
                "GET /x?token=SECRET HTTP/2.0\r\nHost: localhost\r\nX: SECRET\r\n\r\n",
                "GET /\u0001SECRET HTTP/1.1\r\nSECRET\r\n\r\n",
                "GET http://[SECRET HTTP/1.1\r\nHost: localhost\r\n\r\n",
                HTTP2 + "\0\0\1\0\0\0\0\0\7a",
                HTTP2 + "\0\0\4\3\0\0\0\0\7\0\0\0\10"
            })
    void oneLineForDebuggingSaysWhatAStrangerBroke(String sent) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream().write(sent.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
        await().until(() -> !events.isEmpty());
        context.getBean(Hub.class).drain();
        assertThat(events).allSatisfy(event -> {
            assertThat(event.getLevel()).isEqualTo(Level.DEBUG);
            assertThat(event.getFormattedMessage()).doesNotContain("SECRET").doesNotContain("\n");
            assertThat(event.getThrowableProxy()).isNull();
        });
    }

    private int port() {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void whatIsMadeUpAtRandomIsNoErrorAndNothingOfItIsLogged(long seed) {
        OddRequests odd = new OddRequests(seed);
        for (int i = 0; i < 150; i++) {
            assertThat(odd.sendTo(port())).doesNotContain("HTTP/1.1 500 ");
        }
        assertIsQuiet();
    }

    /** Debugging aside, nothing is an error, and nothing comes twice within a second. */
    private void assertIsQuiet() {
        assertThat(events).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.ERROR));
        assertIsRareWithout(OddRequests.MARKER);
    }

    private void assertIsRareWithout(String marker) {
        LineRates rates = new LineRates();
        assertThat(events).allSatisfy(event -> assertThat(text(event)).doesNotContain(marker));
        events.stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .forEach(event -> rates.add(event.getLoggerName() + " " + event.getMessage(), event.getInstant()));
        rates.assertRare();
    }

    private static String text(ILoggingEvent event) {
        return event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    @Test
    void framesForStreamsThatWereResetAreNotCounted() throws IOException {
        StringBuilder frames = new StringBuilder(HTTP2);
        for (int i = 0; i < 1000; i++) {
            // without :method it is reset; what comes behind that is ignored
            frames.append("\0\0\1\1\4\0\0\0\1\u0086\0\0\1\0\0\0\0\0\1a");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream().write(frames.toString().getBytes(ISO_8859_1));
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
        assertIsQuiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/broken", "/half"})
    void aDefectOfTheApplicationIsOneLineASecondHoweverOftenItIsAskedFor(String path) {
        for (int i = 0; i < 40; i++) {
            String get = "GET " + path + "?access_token=SECRET HTTP/1.1\nHost: localhost\nConnection: close";
            try (RawHttp client = RawHttp.request(port(), get)) {
                assertThat(client.untilEnd()).startsWith(path.equals("/broken") ? "HTTP/1.1 500 " : "HTTP/1.1 200 ");
            }
        }
        assertThat(events)
                .anySatisfy(event -> assertThat(event.getFormattedMessage())
                        .contains("cause=java.lang.IllegalStateException at QuietApplicationTest$Application."));
        assertIsRareWithout("SECRET");
    }

    @Test
    void aDefectOfTheEndpointIsOneLineASecondWithoutWhatWasSent() throws IOException {
        String post = POST.replace("?", "/defect/SECRET?").replace("\r\n", "\n")
                + "Connection: close\nContent-Type: text/plain\nContent-Length: 6\n\nSECRET";
        String publish = "{\"op\":\"publish\",\"notification\":{\"topic\":\"defect\",\"data\":\"SECRET\"}}";
        for (int i = 0; i < 40; i++) {
            try (RawHttp client = RawHttp.request(port(), post)) {
                assertThat(client.untilEnd())
                        .startsWith("HTTP/1.1 500 ")
                        .contains("\"code\":\"internal-error\"")
                        .doesNotContain("SECRET");
            }
            try (RawHttp client = RawHttp.request(port(), WEB_SOCKET)) {
                client.untilContains("\r\n\r\n");
                client.send(("\u0081" + (char) (0x80 | publish.length()) + "\0\0\0\0" + publish).getBytes(ISO_8859_1));
                client.untilEnd();
            }
        }
        assertThat(events)
                .anyMatch(event -> event.getMessage().startsWith("request failed "))
                .anyMatch(event -> event.getMessage().startsWith("command failed "));
        assertIsRareWithout("SECRET");
    }
}
