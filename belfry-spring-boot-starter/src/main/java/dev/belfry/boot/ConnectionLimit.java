package dev.belfry.boot;

import dev.belfry.RareLine;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what is accepted beyond a number of connections, so that file descriptors stay free for the log and for health. On
 * the channel that accepts, in front of what makes connections of what it has accepted.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);
    private static final RareLine full = RareLine.warning(log);
    private static final RareLine failed = RareLine.warning(log);

    private final int maxConnections;
    private final AtomicInteger open = new AtomicInteger();

    ConnectionLimit(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof Channel connection)) {
            ctx.fireChannelRead(msg);
        } else if (open.incrementAndGet() > maxConnections) {
            open.decrementAndGet();
            full.log("connections refused max={}", maxConnections);
            connection.unsafe().closeForcibly();
        } else {
            connection.closeFuture().addListener(closed -> open.decrementAndGet());
            ctx.fireChannelRead(msg);
        }
    }

    /** Reactor Netty accepts nothing for a second after this, and says nothing. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed.log("accepting failed cause={}", cause.toString());
        ctx.fireExceptionCaught(cause);
    }
}
