package dev.belfry.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.testkit.RawHttp;
import dev.belfry.webflux.Authorizer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** The starter in an application with a server of its own, seen from the outside. */
class WebServerTest {
    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void controllersStreamsAreWrittenByBelfry() throws Exception {
        try (Server server = Server.start(Controllers.class)) {
            HttpResponse<String> lines = server.get(client, "/lines");

            assertThat(lines.body()).isEqualTo(":\n\ndata:  one\n\ndata: two\n\n");
            assertThat(lines.headers().firstValue("Content-Type")).hasValue("text/event-stream");
            assertThat(lines.headers().firstValue("Cache-Control")).hasValue("no-store, no-transform");
            assertThat(server.get(client, "/events").body())
                    .isEqualTo(":\n\nevent: point\ndata: {\"x\":1,\"y\":2}\nid: 7\n\n");
            assertThat(server.get(client, "/points", "Accept", "text/event-stream")
                            .body())
                    .isEqualTo(":\n\ndata: {\"x\":1,\"y\":2}\n\n");
            assertThat(server.get(client, "/function").body()).isEqualTo(":\n\ndata:  one\n\n");
        }
    }

    @Test
    void controllersThatSendNoStreamSendWhatTheyDid() throws Exception {
        try (Server server = Server.start(Controllers.class)) {
            HttpResponse<String> points = server.get(client, "/points", "Accept", "*/*");

            assertThat(points.headers().firstValue("Content-Type")).hasValue("application/json");
            assertThat(points.body()).isEqualTo("[{\"x\":1,\"y\":2}]");
            assertThat(server.get(client, "/text").body()).isEqualTo("plain");
        }
    }

    @Test
    void anErrorBeforeTheFirstElementHasItsStatus() throws Exception {
        try (Server server = Server.start(Controllers.class)) {
            assertThat(server.get(client, "/missing").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void headHasHeadersAndNoBody() {
        try (Server server = Server.start(Controllers.class);
                RawHttp http =
                        RawHttp.request(server.port(), "HEAD /silent HTTP/1.1\nHost: localhost\nConnection: close")) {
            assertThat(http.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(http.bodyToEnd()).isEmpty();
        }
    }

    @Test
    void aSilentStreamIsOpenAtOnceAndEndsWhenTheServerStops() throws Exception {
        Server server = Server.start(Controllers.class, "--spring.lifecycle.timeout-per-shutdown-phase=1m");
        HttpResponse<Stream<String>> silent =
                client.send(server.request("/silent").build(), BodyHandlers.ofLines());
        CompletableFuture<List<String>> lines =
                CompletableFuture.supplyAsync(() -> silent.body().toList());

        server.close();

        assertThat(lines.get(10, TimeUnit.SECONDS)).containsExactly(":", "");
    }

    @Test
    void itDrainsBeforeTheWebServerWaitsAndClosesTheLogLast() {
        Server server = Server.start(Controllers.class);
        Probe probe = server.context.getBean(Probe.class);
        EventLog log = server.context.getBean(EventLog.class);

        server.close();

        assertThat(probe.hub).isCompletedExceptionally();
        assertThat(probe.log).isCompleted();
        assertThat(log.append(Probe.PUBLICATION)).isCompletedExceptionally();
    }

    @Test
    void aControllerOfTheApplicationKeepsItsPath() throws Exception {
        try (Server server = Server.start(OwnEndpoint.class)) {
            assertThat(server.get(client, "/api/notifications").body()).isEqualTo("mine");
        }
    }

    @Test
    void isNotBoundToAllAddressesByAccident() {
        assertThatThrownBy(() -> Server.start(Controllers.class, "--server.address="))
                .hasRootCauseInstanceOf(FailureAnalyzedException.class)
                .rootCause()
                .hasMessageStartingWith("Bound to all addresses")
                .satisfies(e -> assertThat(
                                ((FailureAnalyzedException) e).analysis().getAction())
                        .contains("belfry.security.open=true"));
        assertThatThrownBy(() -> Server.start(Controllers.class, "--server.address=0.0.0.0"))
                .rootCause()
                .hasMessageStartingWith("Bound to 0.0.0.0");
    }

    @Test
    void isBoundToAllAddressesWhenToldSo() throws Exception {
        try (Server server =
                Server.start(Controllers.class, "--server.address=0.0.0.0", "--belfry.security.open=true")) {
            assertThat(server.get(client, "/text").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void aConnectionThatSendsNoCompleteHeaderIsClosed() throws Exception {
        assertThatIdleConnectionsAreClosed("--belfry.poll.max-wait=1ms", "--server.netty.idle-timeout=300ms");
        assertThatIdleConnectionsAreClosed("--server.netty.idle-timeout=300ms", "--server.http2.enabled=true");
    }

    private static void assertThatIdleConnectionsAreClosed(String... arguments) throws IOException {
        try (Server server = Server.start(Controllers.class, arguments);
                Socket silent = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket slow = new Socket(InetAddress.getLoopbackAddress(), server.port());
                Socket kept = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            slow.getOutputStream().write("GET /text HTTP/1.1\r\nHost: loc".getBytes(US_ASCII));
            kept.getOutputStream().write("GET /text HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
            for (Socket socket : List.of(silent, slow, kept)) {
                socket.setSoTimeout(10_000);
            }
            // each read ends with the connection
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
            assertThat(slow.getInputStream().readAllBytes()).isEmpty();
            assertThat(new String(kept.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("\r\n\r\nplain");
        }
    }

    @Test
    void theIdleTimeoutIsLongerThanAnyWaitInSilence() {
        BelfryProperties defaults = Binder.get(new MockEnvironment()).bindOrCreate("belfry", BelfryProperties.class);
        NettyReactiveWebServerFactory factory = new NettyReactiveWebServerFactory();
        factory.setAddress(InetAddress.getLoopbackAddress());
        Supplier<Hub> noHub = () -> {
            throw new AssertionError("there is no connection");
        };
        new WebServerRules(defaults, MemoryBudget.ofHeap(), noHub, () -> false).customize(factory);

        assertThat(idleTimeout(factory, HttpServer.create())).isEqualTo(Duration.ofSeconds(75));
        HttpServer own = HttpServer.create().idleTimeout(Duration.ofSeconds(5));
        assertThat(idleTimeout(factory, own)).isEqualTo(Duration.ofSeconds(5));
    }

    private static Duration idleTimeout(NettyReactiveWebServerFactory factory, HttpServer server) {
        HttpServer customized = server;
        for (NettyServerCustomizer customizer : factory.getServerCustomizers()) {
            customized = customizer.apply(customized);
        }
        return customized.configuration().idleTimeout();
    }

    @Test
    void aConnectionsTurnIsWhatOneSmallReadBrings() throws Exception {
        try (Server server = Server.start(CountingReads.class)) {
            HttpRequest post = server.request("/length")
                    .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)))
                    .build();
            assertThat(client.send(post, BodyHandlers.ofString()).body()).isEqualTo("100000");
            assertThat(CountingReads.mostBytes).hasValueBetween(1, 1024);
        }
    }

    /** Notes how much there was to do, at most, between two looks at other connections. */
    @Configuration
    static class CountingReads extends Controllers {
        static final AtomicInteger mostBytes = new AtomicInteger();

        @Bean
        NettyServerCustomizer countingReads() {
            return server -> server.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                    .addFirst(new ChannelInboundHandlerAdapter() {
                        private int bytes;

                        @Override
                        public void channelRead(ChannelHandlerContext ctx, Object msg) {
                            bytes += ((ByteBuf) msg).readableBytes();
                            ctx.fireChannelRead(msg);
                        }

                        @Override
                        public void channelReadComplete(ChannelHandlerContext ctx) {
                            mostBytes.accumulateAndGet(bytes, Math::max);
                            bytes = 0;
                            ctx.fireChannelReadComplete();
                        }
                    }));
        }
    }

    @Test
    void http2IsSpokenByPriorKnowledgeAndNoUpgradeToItIsMade() throws Exception {
        try (Server server = Server.start(Controllers.class, "--server.http2.enabled=true")) {
            // this client asks for an upgrade with its first request, body or not
            HttpRequest post = server.request("/length")
                    .POST(HttpRequest.BodyPublishers.ofString("x".repeat(100_000)))
                    .build();
            HttpResponse<String> answer = client.send(post, BodyHandlers.ofString());
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(answer.body()).isEqualTo("100000");

            String http2 = reactor.netty.http.client.HttpClient.create()
                    .protocol(HttpProtocol.H2C)
                    .post()
                    .uri("http://127.0.0.1:" + server.port() + "/length")
                    .send(ByteBufFlux.fromString(Mono.just("x".repeat(100_000))))
                    .responseSingle((response, body) -> body.asString().map(text -> response.version() + " " + text))
                    .block(Duration.ofSeconds(10));
            assertThat(http2).isEqualTo("HTTP/2.0 100000");
        }
    }

    @Test
    void aPublicationIsWholeBehindFiltersThatReadForms() throws Exception {
        try (Server server = Server.start(FormReaders.class, "--spring.webflux.hiddenmethod.filter.enabled=true")) {
            for (String text : List.of("Backup done", "_method=DELETE&a=b")) {
                publish(server, HttpRequest.BodyPublishers.ofString(text));
                assertThat(server.get(client, "/api/notifications/a").body()).contains("\"data\":\"" + text + "\"}]");
                // of unknown length, and so in chunks
                publish(
                        server,
                        HttpRequest.BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream((text + " in chunks").getBytes(US_ASCII))));
                assertThat(server.get(client, "/api/notifications/a?limit=1000").body())
                        .contains("\"data\":\"" + text + " in chunks\"}]");
            }
            HttpRequest form = server.request("/form", "Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString("a=b"))
                    .build();
            assertThat(client.send(form, BodyHandlers.ofString()).body())
                    .as("the application's own forms are read")
                    .isEqualTo("b");
        }
    }

    private void publish(Server server, HttpRequest.BodyPublisher body) throws Exception {
        HttpRequest post = server.request("/api/notifications/a", "Content-Type", "application/x-www-form-urlencoded")
                .POST(body)
                .build();
        assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
    }

    @Test
    void anAuthorizerOfTheApplicationDecides() throws Exception {
        try (Server server = Server.start(NobodyMay.class)) {
            HttpResponse<String> answer = server.get(client, "/api/notifications");

            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("\"code\":\"forbidden\"");
        }
    }

    @Test
    void aServerOnTheLoopbackAnswersUnderItsNamesOnlyWhateverThePath() throws Exception {
        try (Server server = Server.start(Controllers.class)) {
            for (String path : List.of("/text", "/nowhere", "/api/notifications", "/")) {
                assertThat(statusUnder(server, "evil.example", path)).as(path).isEqualTo("421");
                assertThat(statusUnder(server, "localhost", path)).as(path).isIn("200", "404");
            }
        }
        try (Server server = Server.start(Controllers.class, "--belfry.security.loopback-only=false")) {
            assertThat(statusUnder(server, "evil.example", "/text")).isEqualTo("200");
        }
    }

    private static String statusUnder(Server server, String host, String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(10_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII).substring(9, 12);
        }
    }

    @Test
    void whatIsRefusedOnEveryPathHasABodyUnlessItIsAHead() {
        try (Server server = Server.start(Controllers.class)) {
            for (String head :
                    List.of("/%zz HTTP/1.1\nHost: localhost", "/ HTTP/1.1\nHost: a@b", "/ HTTP/1.2\nHost: a")) {
                try (RawHttp get = RawHttp.request(server.port(), "GET " + head);
                        RawHttp asksForTheHead = RawHttp.request(server.port(), "HEAD " + head)) {
                    assertThat(get.untilEnd())
                            .contains("application/problem+json")
                            .endsWith("}");
                    assertThat(asksForTheHead.untilEnd())
                            .contains("application/problem+json")
                            .endsWith("\r\n\r\n");
                }
            }
        }
    }

    @Test
    void preflightsOfTheEndpointAreItsOwnAndThoseOfTheApplicationSprings() throws Exception {
        String origin = "https://app.example.com";
        try (Server server = Server.start(Controllers.class, "--belfry.allowed-origins=" + origin)) {
            assertThat(preflight(server, "/api/notifications/a", origin).body()).isEmpty();
            assertThat(preflight(server, "/api/notifications/a", origin).statusCode())
                    .isEqualTo(200);
            assertThat(preflight(server, "/api/notifications/a", "https://evil.example")
                            .body())
                    .contains("origin-not-allowed");
            assertThat(preflight(server, "/text", origin).headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    private HttpResponse<String> preflight(Server server, String path, String origin) throws Exception {
        HttpRequest request = server.request(path, "Origin", origin, "Access-Control-Request-Method", "GET")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    /** A running application on a free port of the loopback. */
    private record Server(ConfigurableApplicationContext context) implements AutoCloseable {
        static Server start(Class<?> application, String... arguments) {
            return new Server(new SpringApplicationBuilder(application)
                    .web(WebApplicationType.REACTIVE)
                    .properties(
                            "server.address=127.0.0.1",
                            "server.port=0",
                            "belfry.log.type=memory",
                            "spring.reactor.netty.shutdown-quiet-period=0s",
                            "spring.main.banner-mode=off")
                    .run(arguments));
        }

        int port() {
            return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
        }

        HttpRequest.Builder request(String path, String... headers) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                    .timeout(Duration.ofSeconds(10));
            return headers.length == 0 ? request : request.headers(headers);
        }

        HttpResponse<String> get(HttpClient client, String path, String... headers) throws Exception {
            return client.send(request(path, headers).build(), BodyHandlers.ofString());
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private record Point(int x, int y) {}

    /** Looks at the hub and the log in the phase in which the web server waits for its requests to end. */
    private static final class Probe implements SmartLifecycle {
        static final Publication PUBLICATION = Publication.of(Notification.of("probe", "x"));

        private final Hub publisher;
        private CompletableFuture<Receipt> hub;
        private CompletableFuture<Receipt> log;
        private boolean running;

        Probe(Hub hub) {
            publisher = hub;
        }

        @Override
        public int getPhase() {
            return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            hub = publisher.publish(PUBLICATION).toFuture();
            log = publisher.log().append(PUBLICATION).orTimeout(10, TimeUnit.SECONDS);
            log.exceptionally(e -> null).join();
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class Controllers {
        @Bean
        Probe probe(Hub hub) {
            return new Probe(hub);
        }

        @GetMapping(path = "/lines", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> lines() {
            return Flux.just(" one", "two");
        }

        @GetMapping("/events")
        Flux<ServerSentEvent<Point>> events() {
            return Flux.just(ServerSentEvent.builder(new Point(1, 2))
                    .id("7")
                    .event("point")
                    .build());
        }

        @GetMapping("/points")
        Flux<Point> points() {
            return Flux.just(new Point(1, 2));
        }

        @PostMapping("/length")
        Mono<String> length(@RequestBody String body) {
            return Mono.just(String.valueOf(body.length()));
        }

        @GetMapping("/text")
        Mono<String> text() {
            return Mono.just("plain");
        }

        @GetMapping(path = "/silent", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> silent() {
            return Flux.never();
        }

        @GetMapping(path = "/missing", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
        Flux<String> missing() {
            return Flux.error(new ResponseStatusException(HttpStatus.NOT_FOUND));
        }

        @Bean
        RouterFunction<ServerResponse> function() {
            return RouterFunctions.route()
                    .GET(
                            "/function",
                            request -> ServerResponse.ok()
                                    .contentType(MediaType.TEXT_EVENT_STREAM)
                                    .body(Flux.just(" one"), String.class))
                    .build();
        }
    }

    /** Reads every form, as Spring Security does that looks for a CSRF token. */
    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class FormReaders {
        @Bean
        WebFilter formReader() {
            return (exchange, chain) -> exchange.getFormData()
                    .mapNotNull(form -> form.getFirst("_csrf"))
                    .then(chain.filter(exchange));
        }

        @PostMapping("/form")
        Mono<String> form(ServerWebExchange exchange) {
            return exchange.getFormData().mapNotNull(form -> form.getFirst("a"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class NobodyMay {
        @Bean
        Authorizer authorizer() {
            return exchange -> Mono.empty();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @RestController
    static class OwnEndpoint {
        @GetMapping("/api/notifications")
        String mine() {
            return "mine";
        }
    }
}
