package dev.belfry.boot;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerUpgradeHandler;

/**
 * Keeps Netty from handling upgrades of HTTP/1.1 to anything but WebSocket, which a server may always ignore (RFC 9110,
 * section 7.8); HTTP/2 is there by prior knowledge and by ALPN.
 *
 * <p>Netty refuses an upgrade whose request has a body with 413, and Java's own client asks for one with its first request,
 * whatever that is. Through a proxy, an upgrade to HTTP/2 is also a way around the proxy's rules.
 */
@Sharable
final class PlainUpgrades extends ChannelInboundHandlerAdapter {
    private static final PlainUpgrades INSTANCE = new PlainUpgrades();

    private PlainUpgrades() {}

    /** Goes in front of Netty's handler, where there is one. */
    static void addTo(ChannelPipeline pipeline) {
        ChannelHandlerContext codec = pipeline.context(HttpServerCodec.class);
        if (codec != null && pipeline.get(HttpServerUpgradeHandler.class) != null) {
            pipeline.addAfter(codec.name(), null, INSTANCE);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpRequest request
                && !request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            request.headers().remove(HttpHeaderNames.UPGRADE);
        }
        ctx.fireChannelRead(msg);
    }
}
