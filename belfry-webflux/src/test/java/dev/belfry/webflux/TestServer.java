package dev.belfry.webflux;

import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import dev.belfry.stream.StreamRegistry;
import java.net.URI;
import java.util.List;
import java.util.function.UnaryOperator;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.handler.WebFluxResponseStatusExceptionHandler;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** The endpoint on a real server and a log in memory, without Boot. */
final class TestServer implements AutoCloseable {
    final EventLog log;
    final Hub hub;
    final StreamRegistry streams;
    private final DisposableServer server;

    TestServer() {
        this(EndpointSettings.DEFAULT, new InMemoryEventLog());
    }

    TestServer(EndpointSettings settings, EventLog log) {
        this(settings, log, http -> http);
    }

    TestServer(EndpointSettings settings, EventLog log, UnaryOperator<HttpServer> setup) {
        this(settings, log, setup, List.of(), Authorizer.OPEN);
    }

    /** The filters come behind those of the endpoint. */
    TestServer(
            EndpointSettings settings,
            EventLog log,
            UnaryOperator<HttpServer> setup,
            List<WebFilter> others,
            Authorizer authorizer) {
        this.log = log;
        hub = new Hub(log);
        streams = new StreamRegistry(hub, settings.stream());
        NotificationsHandler handler = new NotificationsHandler(hub, streams, settings, authorizer);
        AdministrationHandler administration =
                new AdministrationHandler(hub, streams, settings, authorizer, RefusalListener.NONE);
        List<PathPattern> administrated = AdministrationPaths.beside(
                        settings.wire().path())
                .patterns()
                .stream()
                .map(PathPatternParser.defaultInstance::parse)
                .toList();
        WebHandler both = exchange -> administrated.stream()
                        .anyMatch(
                                pattern -> pattern.matches(exchange.getRequest().getPath()))
                ? administration.handle(exchange)
                : handler.handle(exchange);
        HttpHandler http = WebHttpHandlerBuilder.webHandler(both)
                .filter(
                        new HostGuard(exchange -> settings.loopbackOnly()),
                        new PublicationBodyFilter(settings.wire().path()))
                .filters(filters -> filters.addAll(others))
                .exceptionHandler(new BrokenExchanges(), new WebFluxResponseStatusExceptionHandler())
                .build();
        ReactorHttpHandlerAdapter adapter = new ReactorHttpHandlerAdapter(http);
        HttpServer plain = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .route(routes -> RequestHeadGuard.addTo(routes).route(request -> true, adapter));
        server = setup.apply(plain).bindNow();
    }

    int port() {
        return server.port();
    }

    URI uri(String rest) {
        return URI.create("http://127.0.0.1:" + port() + "/api/notifications" + rest);
    }

    @Override
    public void close() {
        hub.drain();
        streams.close();
        server.disposeNow();
        hub.close();
        log.close();
    }
}
