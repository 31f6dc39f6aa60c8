package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Hub;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.testkit.RawHttp;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What is counted in an application that has a registry of meters, over a real server. */
class MetricsTest {
    private static ConfigurableApplicationContext application;
    private static MeterRegistry registry;
    private static int port;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        MeterRegistry registry() {
            return new SimpleMeterRegistry();
        }
    }

    @BeforeAll
    static void start() {
        application = SpringApplication.run(
                Application.class,
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--belfry.log.type=memory",
                "--belfry.log.retention.events=50",
                "--spring.main.banner-mode=off");
        registry = application.getBean(MeterRegistry.class);
        port = application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static double count(String meter, String... tags) {
        return registry.find(meter).tags(tags).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static double gauge(String meter, String... tags) {
        return registry.get(meter).tags(tags).gauge().value();
    }

    private static RawHttp get(String rest, String accept) {
        return RawHttp.request(port, "GET /api/notifications" + rest + " HTTP/1.1\nHost: localhost\nAccept: " + accept);
    }

    private static void publish(String topic, int events) {
        for (int i = 0; i < events; i++) {
            application.getBean(Hub.class).publish(Notification.of(topic, "x")).block();
        }
    }

    @Test
    void whatStrangersMakeTheServerHoldIsThereByUseAndNotByAddress() {
        assertThat(gauge("belfry.memory.limit")).isPositive();
        assertThat(gauge("belfry.memory.held", "use", "large_chunks")).isNotNegative();
        assertThat(registry.find("belfry.memory.held").gauges())
                .hasSize(7)
                .allSatisfy(gauge -> assertThat(gauge.getId().getTags())
                        .singleElement()
                        .extracting(Tag::getKey)
                        .isEqualTo("use"));
    }

    @Test
    void publicationsAndTheLogAreCounted() {
        double published = count("belfry.published");
        double publications = count("belfry.publications");
        Hub hub = application.getBean(Hub.class);
        hub.publish(Publication.of(Notification.of("a", "1"), Notification.of("a", "2")))
                .block();
        assertThat(count("belfry.published") - published).isEqualTo(2);
        assertThat(count("belfry.publications") - publications).isEqualTo(1);
        assertThat(registry.get("belfry.commit").timer().count()).isPositive();
        assertThat(gauge("belfry.log.head")).isEqualTo((double) hub.log().head().offset());
        assertThat(gauge("belfry.log.writable")).isEqualTo(1);
        assertThat(gauge("belfry.log.bytes")).isPositive();
        assertThat(gauge("belfry.log.events")).isPositive();
        assertThat(gauge("belfry.queue.events")).isZero();
        assertThat(gauge("belfry.queue.bytes")).isZero();
        publish("a", 60);
        await().until(() -> count("belfry.log.trimmed") >= 10);
    }

    @Test
    void streamsDeliveriesAndGapsAreCounted() {
        publish("b", 60);
        String sse = "text/event-stream";
        try (RawHttp live = get("/b", sse);
                RawHttp late = get("/b?after=1-1", sse)) {
            live.untilContains("retry:");
            late.untilContains("belfry.gap");
            await().until(() -> gauge("belfry.streams", "transport", "sse", "framing", "chunks", "state", "live") == 2);
            double delivered = count("belfry.delivered", "transport", "sse");
            publish("b", 1);
            await().until(() -> count("belfry.delivered", "transport", "sse") - delivered == 2);
            assertThat(count("belfry.replayed", "transport", "sse")).isPositive();
            assertThat(count("belfry.gaps", "reason", "unknown-epoch")).isPositive();
            assertThat(gauge("belfry.streams.lag")).isNotNegative();
        }
        await().until(() -> count("belfry.streams.ended", "cause", "closed") >= 2);
        assertThat(gauge("belfry.streams", "transport", "sse", "framing", "chunks", "state", "live"))
                .isZero();
    }

    @Test
    void refusalsAreCountedByTheirCode() {
        try (RawHttp http = get("?after=nonsense", "*/*")) {
            assertThat(http.status()).isEqualTo(400);
        }
        assertThat(count("belfry.refused", "code", "invalid-cursor")).isEqualTo(1);
    }
}
