package dev.belfry.webflux;

import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import java.net.URI;
import java.util.function.UnaryOperator;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/** The endpoint on a real server and a log in memory, without Boot. */
final class TestServer implements AutoCloseable {
    final EventLog log;
    final Hub hub;
    final Streams streams;
    private final DisposableServer server;

    TestServer() {
        this(WireSettings.DEFAULT, new InMemoryEventLog());
    }

    TestServer(WireSettings settings, EventLog log) {
        this(settings, log, http -> http);
    }

    TestServer(WireSettings settings, EventLog log, UnaryOperator<HttpServer> setup) {
        this.log = log;
        hub = new Hub(log);
        streams = new Streams(hub, settings.stream());
        NotificationsHandler handler = new NotificationsHandler(hub, streams, settings);
        HttpHandler http = WebHttpHandlerBuilder.webHandler(handler).build();
        HttpServer plain = HttpServer.create()
                .host("127.0.0.1")
                .port(Integer.getInteger("port", 0))
                .protocol(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .handle(new ReactorHttpHandlerAdapter(http));
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

    public static void main(String... args) throws InterruptedException {
        new TestServer();
        Thread.sleep(Long.MAX_VALUE);
    }
}
