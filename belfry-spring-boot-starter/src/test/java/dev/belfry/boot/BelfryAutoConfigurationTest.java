package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.BelfryException.LogUnusable;
import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import dev.belfry.rocksdb.RocksDbEventLog;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.NotificationsHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDB;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.support.StaticApplicationContext;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebExchangeDecorator;

@ExtendWith(OutputCaptureExtension.class)
class BelfryAutoConfigurationTest {
    private static final AutoConfigurations BELFRY = AutoConfigurations.of(
            BelfryAutoConfiguration.class,
            BelfryWebFluxAutoConfiguration.class,
            BelfryMetricsAutoConfiguration.class,
            BelfryHealthAutoConfiguration.class);

    private final ReactiveWebApplicationContextRunner bare = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(WebFluxAutoConfiguration.class))
            .withConfiguration(BELFRY);

    private final ReactiveWebApplicationContextRunner inMemory = bare.withPropertyValues("belfry.log.type=memory");

    @Test
    void keepsTheLogOnDiskWhereItsModuleIsThere(@TempDir Path directory) {
        bare.withPropertyValues("belfry.log.directory=" + directory.resolve("data"), "belfry.log.durability=os")
                .run(context -> {
                    assertThat(context).hasSingleBean(RocksDbEventLog.class);
                    assertThat(directory.resolve("data")).isNotEmptyDirectory();
                });
    }

    @Test
    void saysThatALogInMemoryIsGoneWithTheProcess(CapturedOutput output) {
        bare.withClassLoader(new FilteredClassLoader(RocksDB.class)).run(context -> {
            assertThat(context).hasSingleBean(InMemoryEventLog.class);
            assertThat(output).containsOnlyOnce("Events are kept in memory only");
        });
    }

    @Test
    void saysNothingAboutMemoryWhenTheLogIsOnDisk(@TempDir Path directory, CapturedOutput output) {
        bare.withPropertyValues("belfry.log.directory=" + directory)
                .run(context -> assertThat(output).doesNotContain("in memory"));
    }

    @Test
    void doesNotTakeMemoryForTheDiskThatWasAskedFor() {
        bare.withClassLoader(new FilteredClassLoader(RocksDB.class))
                .withPropertyValues("belfry.log.type=rocksdb")
                .run(context ->
                        assertThat(context).getFailure().rootCause().isInstanceOf(FailureAnalyzedException.class));
    }

    @Test
    void leavesTheLogToTheApplicationThatHasOne() {
        try (EventLog own = new InMemoryEventLog()) {
            bare.withBean(EventLog.class, () -> own).run(context -> {
                assertThat(context).hasSingleBean(EventLog.class);
                assertThat(context.getBean(Hub.class).log()).isSameAs(own);
            });
        }
    }

    @Test
    void isNotThereWithoutAReactiveWebApplication() {
        new ApplicationContextRunner()
                .withConfiguration(BELFRY)
                .run(context -> assertThat(context).doesNotHaveBean(Hub.class).doesNotHaveBean(StreamRegistry.class));
    }

    @Test
    void saysInWordsThatTheDirectoryIsInUse(@TempDir Path directory) {
        bare.withPropertyValues("belfry.log.directory=" + directory)
                .run(first -> bare.withPropertyValues("belfry.log.directory=" + directory)
                        .run(second -> {
                            Throwable failure = second.getStartupFailure();
                            assertThat(failure).hasRootCauseInstanceOf(Exception.class);
                            FailureAnalysis analysis = new LogUnusableFailureAnalyzer().analyze(failure);
                            assertThat(analysis).isNotNull();
                            assertThat(analysis.getCause()).isInstanceOf(LogUnusable.class);
                            assertThat(analysis.getDescription())
                                    .contains("in use")
                                    .contains(directory.toString());
                            assertThat(analysis.getAction()).contains("belfry.log.directory");
                        }));
    }

    @Test
    void hasTheDocumentedDefaults() {
        inMemory.run(context -> {
            EndpointSettings settings = context.getBean(EndpointSettings.class);
            EndpointSettings documented = EndpointSettings.DEFAULT;
            assertThat(settings.wire()).isEqualTo(documented.wire());
            assertThat(settings.allowedOrigins()).isEmpty();
            assertThat(settings.stream())
                    .usingRecursiveComparison()
                    .ignoringFields("maxConnections")
                    .isEqualTo(documented.stream());
            assertThat(settings.stream().maxConnections()).isEqualTo(FileDescriptors.forStreams());
            assertThat(context.getBean(BelfryProperties.class).toLogSettings())
                    .isEqualTo(dev.belfry.LogSettings.DEFAULT);
        });
    }

    @Test
    void takesEveryProperty() {
        inMemory.withPropertyValues(
                        "belfry.path=/events",
                        "belfry.allowed-origins=https://a.example.com,https://b.example.com:8443",
                        "belfry.allowed-headers=HX-Request",
                        "belfry.log.retention.age=1h",
                        "belfry.log.retention.bytes=10MB",
                        "belfry.log.retention.events=7",
                        "belfry.log.idempotency-window=5m",
                        "belfry.log.queue-events=10",
                        "belfry.log.queue-bytes=1MB",
                        "belfry.publish.max-body-size=1KB",
                        "belfry.publish.max-batch=2",
                        "belfry.publish.body-timeout=3s",
                        "belfry.stream.heartbeat=4s",
                        "belfry.stream.retry=5s",
                        "belfry.stream.write-stall-timeout=6s",
                        "belfry.stream.max-connections=8",
                        "belfry.stream.max-patterns=9",
                        "belfry.stream.direct-writes=false",
                        "belfry.stream.max-lifetime=13s",
                        "belfry.poll.default-limit=10",
                        "belfry.poll.max-limit=11",
                        "belfry.poll.max-wait=12s",
                        "belfry.cloudevents.source=https://example.com/n")
                .run(context -> {
                    EndpointSettings settings = context.getBean(EndpointSettings.class);
                    assertThat(settings)
                            .hasToString("EndpointSettings[wire=WireSettings[path=/events,"
                                    + " publish=PublishSettings[maxBodyBytes=1024, maxBatch=2, bodyTimeout=PT3S],"
                                    + " poll=PollSettings[defaultLimit=10, maxLimit=11, maxWait=PT12S], maxPatterns=9,"
                                    + " cloudEventsSource=https://example.com/n],"
                                    + " stream=StreamSettings[heartbeat=PT4S, retry=PT5S, writeStall=PT6S,"
                                    + " maxConnections=8, directWrites=false, maxLifetime=PT13S],"
                                    + " allowedOrigins=" + settings.allowedOrigins()
                                    + ", allowedHeaders=[HX-Request], loopbackOnly=false]");
                    assertThat(settings.allowedOrigins())
                            .isEqualTo(Set.of("https://a.example.com", "https://b.example.com:8443"));
                    BelfryProperties properties = context.getBean(BelfryProperties.class);
                    assertThat(properties.toLogSettings().retention())
                            .hasToString("Retention[age=PT1H, bytes=10485760, events=7]");
                    assertThat(properties.toLogSettings().idempotencyWindow()).isEqualTo(Duration.ofMinutes(5));
                    assertThat(properties.toLogSettings().queueEvents()).isEqualTo(10);
                    assertThat(properties.toLogSettings().queueBytes()).isEqualTo(1 << 20);
                });
    }

    @Test
    void refusesABadValueByItsName() {
        refuses("belfry.path", "api");
        refuses("belfry.path", "/api/");
        refuses("belfry.path", "/api/**");
        refuses("belfry.allowed-origins", "https://app.example.com/");
        refuses("belfry.allowed-origins", "*");
        refuses("belfry.allowed-origins", "https://user@app.example.com");
        refuses("belfry.allowed-headers", "*");
        refuses("belfry.allowed-headers", "HX-*");
        refuses("belfry.allowed-headers", "X: y");
        refuses("belfry.log.retention.age", "0");
        refuses("belfry.stream.max-lifetime", "0");
        refuses("belfry.log.retention.bytes", "0");
        refuses("belfry.log.retention.events", "-1");
        refuses("belfry.log.idempotency-window", "-1s");
        refuses("belfry.log.queue-events", "0");
        refuses("belfry.log.queue-bytes", "0");
        refuses("belfry.publish.max-body-size", "2GB");
        refuses("belfry.publish.max-batch", "0");
        refuses("belfry.publish.body-timeout", "0");
        refuses("belfry.stream.heartbeat", "0");
        refuses("belfry.stream.retry", "-1s");
        refuses("belfry.stream.write-stall-timeout", "0");
        refuses("belfry.stream.max-connections", "0");
        refuses("belfry.stream.max-patterns", "0");
        refuses("belfry.poll.default-limit", "0");
        refuses("belfry.poll.max-limit", "99");
        refuses("belfry.poll.max-wait", "-1s");
    }

    private void refuses(String property, String value) {
        inMemory.withPropertyValues(property + "=" + value)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidConfigurationPropertyValueException.class,
                                e -> assertThat(e.getName()).isEqualTo(property)));
    }

    @Test
    void mapsTheEndpointAndWhatIsBelowIt() {
        inMemory.withPropertyValues("belfry.path=/events").run(context -> {
            Object handler = context.getBean(NotificationsHandler.class);
            for (String path : Set.of("/events", "/events/orders", "/events/orders/42")) {
                assertThat(mapped(context, get(path))).isSameAs(handler);
            }
            assertThat(mapped(context, get("/eventsource"))).isNull();
            assertThat(mapped(context, get("/api/notifications"))).isNull();
        });
    }

    @Test
    void leavesTheManagementPortAlone() {
        inMemory.run(context -> {
            ServerWebExchange exchange = new ServerWebExchangeDecorator(get("/api/notifications")) {
                @Override
                public ApplicationContext getApplicationContext() {
                    return new StaticApplicationContext(context);
                }
            };
            assertThat(mapped(context, exchange)).isNull();
        });
    }

    private static Object mapped(ApplicationContext context, ServerWebExchange exchange) {
        return context.getBean(EndpointMapping.class).getHandler(exchange).block();
    }

    private static ServerWebExchange get(String path) {
        return MockServerWebExchange.from(MockServerHttpRequest.get(path));
    }

    @Test
    void checksTheHostOnlyOfAClosedServerOnLoopback() {
        assertThatLoopbackOnlyIs(true, "server.address=127.0.0.1");
        assertThatLoopbackOnlyIs(true, "server.address=::1");
        assertThatLoopbackOnlyIs(false, "server.address=127.0.0.1", "belfry.security.open=true");
        assertThatLoopbackOnlyIs(false, "server.address=127.0.0.1", "belfry.security.loopback-only=false");
        assertThatLoopbackOnlyIs(false, "server.address=192.0.2.1");
        assertThatLoopbackOnlyIs(true, "belfry.security.loopback-only=true");
    }

    private void assertThatLoopbackOnlyIs(boolean expected, String... properties) {
        inMemory.withPropertyValues(properties)
                .run(context -> assertThat(
                                context.getBean(EndpointSettings.class).loopbackOnly())
                        .isEqualTo(expected));
    }

    @Test
    void needsNoMicrometer() {
        inMemory.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
                .run(context ->
                        assertThat(context).hasSingleBean(StreamRegistry.class).doesNotHaveBean("belfryLogMeters"));
    }
}
