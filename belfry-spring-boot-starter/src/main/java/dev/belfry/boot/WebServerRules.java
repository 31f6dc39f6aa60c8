package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.stream.MemoryBudget;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.reactive.ConfigurableReactiveWebServerFactory;
import org.springframework.core.Ordered;
import reactor.netty.http.server.HttpServer;

/** What the web server must be like. Runs when all others have set it up, before it is created. */
final class WebServerRules implements WebServerFactoryCustomizer<ConfigurableReactiveWebServerFactory>, Ordered {
    private static final Duration MARGIN = Duration.ofSeconds(15);
    private static final int READ_BYTES = 1024;

    private final BelfryProperties properties;
    private final MemoryBudget budget;
    private final OpenConnections connections = new OpenConnections();

    private final EventLoopWatch loops;
    private final BooleanSupplier isGuarded;

    WebServerRules(BelfryProperties properties, MemoryBudget budget, Supplier<Hub> hub, BooleanSupplier isGuarded) {
        this.isGuarded = isGuarded;
        this.properties = properties;
        this.budget = budget;
        loops = new EventLoopWatch(hub);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void customize(ConfigurableReactiveWebServerFactory factory) {
        if (!(factory instanceof NettyReactiveWebServerFactory netty)) {
            throw new FailureAnalyzedException(
                    "Belfry's streams need Reactor Netty, and the web server is made by "
                            + factory.getClass().getSimpleName() + ".",
                    "Take the other web server's starter out of the dependencies.");
        }
        BindAddressPolicy.check(properties.security(), netty.getAddress(), isGuarded.getAsBoolean());
        netty.addServerCustomizers(
                this::withIdleTimeout,
                WebServerRules::withSmallReads,
                this::withConnectionLimit,
                server -> Http2Resets.limit(server, properties.maxResets()),
                server -> server.doOnChannelInit((observer, channel, remote) -> loops.watch(channel.eventLoop())),
                new ConnectionPipeline(properties, budget, connections)::addTo);
    }

    private HttpServer withConnectionLimit(HttpServer server) {
        ConnectionLimit limit = new ConnectionLimit(properties.maxConnections(), connections);
        return server.doOnBound(bound -> bound.channel().pipeline().addFirst(limit));
    }

    /**
     * Closes a connection that sends no complete request header, or none after the last answer. Reactor Netty would wait for
     * ever, and so would the file descriptor. An HTTP/2 connection also counts as idle while its streams are silent.
     */
    private HttpServer withIdleTimeout(HttpServer server) {
        return server.configuration().idleTimeout() == null ? server.idleTimeout(idleTimeout()) : server;
    }

    /**
     * A connection's turn on its event loop is what one small read brings. With what 64 KB have in them, a thousand requests of
     * HTTP/2, five connections kept all others waiting for seconds. One allocator for all, else each connection has its own.
     */
    private static HttpServer withSmallReads(HttpServer server) {
        ChannelOption<?> option = ChannelOption.RECVBUF_ALLOCATOR;
        return server.configuration().childOptions().containsKey(option)
                ? server
                : server.childOption(
                        ChannelOption.RECVBUF_ALLOCATOR,
                        new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1));
    }

    private Duration idleTimeout() {
        Duration heartbeat = properties.stream().heartbeat();
        Duration wait = properties.poll().maxWait();
        return (heartbeat.compareTo(wait) > 0 ? heartbeat : wait).plus(MARGIN);
    }
}
