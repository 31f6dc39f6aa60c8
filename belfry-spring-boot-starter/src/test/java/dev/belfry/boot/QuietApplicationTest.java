package dev.belfry.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.belfry.Hub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** An application that logs all that Spring and Netty warn of: what a stranger breaks off or sends wrongly is not among it. */
class QuietApplicationTest {
    private static final String POST = "POST /api/notifications?token=SECRET HTTP/1.1\r\nHost: localhost\r\n";
    private static final String HTTP2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger spring = (Logger) LoggerFactory.getLogger("org.springframework.web");
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
    static class Application {}

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
        spring.setLevel(Level.WARN);
        belfry.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stop() {
        root.detachAppender(appender);
        spring.setLevel(null);
        belfry.setLevel(null);
        context.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZSECRET\r\n",
                POST + "Content-Length: 100\r\n\r\nSECRET",
                "GET /\u0001SECRET HTTP/1.1\r\nSECRET\r\n\r\n",
                "GET http://[SECRET HTTP/1.1\r\nHost: localhost\r\n\r\n",
                HTTP2 + "\0\0\1\0\0\0\0\0\7a",
                HTTP2 + "\0\0\4\3\0\0\0\0\7\0\0\0\10"
            })
    void oneLineForDebuggingSaysWhatAStrangerBroke(String sent) throws IOException {
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
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
}
