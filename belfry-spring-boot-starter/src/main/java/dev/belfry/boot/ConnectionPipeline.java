package dev.belfry.boot;

import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.PacedWrites;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/** Where Belfry's handlers stand among those of Reactor Netty, for every protocol that a connection may turn out to speak. */
final class ConnectionPipeline {
    private final WriteWatches watches;
    private final OpenConnections connections;

    /** For the connections of one server, which are looked for among these when there is no room for another. */
    ConnectionPipeline(BelfryProperties properties, MemoryBudget budget, OpenConnections connections) {
        watches = new WriteWatches(properties.toStreamSettings().writeStall(), budget);
        this.connections = connections;
    }

    HttpServer addTo(HttpServer server) {
        return server.doOnChannelInit((observer, channel, remote) -> setUp(channel.pipeline()))
                .childObserve(this::onStateChange);
    }

    /**
     * A connection that was accepted. What is added in front of Reactor Netty's last handler stands behind the codec of
     * HTTP/1, and between the codec and the multiplexer of HTTP/2.
     */
    private void setUp(ChannelPipeline pipeline) {
        ChannelHandlerContext tls = pipeline.context(SslHandler.class);
        if (tls == null) {
            pipeline.addFirst(new WriteWatch(watches), new OpenConnection(connections));
        } else {
            pipeline.addAfter(tls.name(), null, new OpenConnection(connections));
            pipeline.addAfter(tls.name(), null, new WriteWatch(watches));
            PacedWrites.addTo(pipeline);
        }
        ChannelHandlerContext negotiation = pipeline.context(ApplicationProtocolNegotiationHandler.class);
        if (negotiation != null) {
            pipeline.addBefore(negotiation.name(), null, ConnectionErrors.INSTANCE);
        }
        if (pipeline.get(NettyPipeline.ReactiveBridge) != null) {
            pipeline.addBefore(NettyPipeline.ReactiveBridge, null, ConnectionErrors.INSTANCE);
        }
        protocolIsKnown(pipeline);
    }

    /** Called again when TLS has agreed on a protocol. */
    static void protocolIsKnown(ChannelPipeline pipeline) {
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        if (codec != null && pipeline.get(Http1Exchanges.class) == null) {
            pipeline.addAfter(codec.name(), null, new Http1Exchanges());
            PlainUpgrades.addTo(pipeline);
        }
    }

    /** A stream of HTTP/2 that has been opened, before its first frame is read. */
    private void onStateChange(Connection connection, ConnectionObserver.State state) {
        Channel channel = connection.channel();
        if (state == ConnectionObserver.State.CONNECTED && channel instanceof Http2StreamChannel) {
            channel.pipeline().addFirst(new Http2Exchange(), new WriteWatch(watches));
            channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, null, ConnectionErrors.INSTANCE);
        }
    }
}
