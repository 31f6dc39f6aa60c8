package dev.belfry.boot;

import dev.belfry.RareLine;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the number of connections, so that file descriptors stay free for the log and for health. For what is accepted beyond it an
 * idle connection goes; where there is none, it is closed itself. On the channel that accepts, in front of what makes connections of
 * what it has accepted.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);
    private static final RareLine full = RareLine.warning(log);
    private static final RareLine crowded = RareLine.warning(log);
    private static final RareLine failed = RareLine.warning(log);

    /** For so many an idle connection may be about to go; beyond them nothing is accepted until some have gone. */
    private static final int MOST_ON_THEIR_WAY = 32;

    /** What is read in one go before a pause begins. */
    private static final int MOST_READ = 16;

    private static final long PAUSE_MILLIS = 50;

    private final int maxConnections;
    private final OpenConnections connections;
    private final AtomicInteger open = new AtomicInteger();

    /** One for all: it is kept by each connection. */
    private final ChannelFutureListener onClose = closed -> open.decrementAndGet();

    ConnectionLimit(int maxConnections, OpenConnections connections) {
        this.maxConnections = maxConnections;
        this.connections = connections;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof Channel connection)) {
            ctx.fireChannelRead(msg);
            return;
        }
        int count = open.incrementAndGet();
        if (count <= maxConnections) {
            admit(ctx, connection);
        } else if (count > maxConnections + MOST_ON_THEIR_WAY + MOST_READ) {
            refuse(connection);
        } else if (connections.closeLeastMissed()) {
            crowded.log("connections full, idle ones are closed max={}", maxConnections);
            if (count > maxConnections + MOST_ON_THEIR_WAY) {
                pause(ctx);
            }
            admit(ctx, connection);
        } else {
            // of a crowd that has just come none is known yet to be idle
            pause(ctx);
            ctx.executor().schedule(() -> lookAgain(ctx, connection), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void lookAgain(ChannelHandlerContext ctx, Channel connection) {
        if (open.get() <= maxConnections || connections.closeLeastMissed()) {
            admit(ctx, connection);
            ctx.fireChannelReadComplete();
        } else {
            refuse(connection);
        }
    }

    private void admit(ChannelHandlerContext ctx, Channel connection) {
        connection.closeFuture().addListener(onClose);
        ctx.fireChannelRead(connection);
    }

    private void refuse(Channel connection) {
        open.decrementAndGet();
        full.log("connections refused max={}", maxConnections);
        connection.unsafe().closeForcibly();
    }

    /** Those that wait to be accepted wait in the kernel, and none is turned away for others that have not gone yet. */
    private static void pause(ChannelHandlerContext ctx) {
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Reactor Netty accepts nothing for a second after this, and says nothing. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        failed.log("accepting failed cause={}", cause.toString());
        ctx.fireExceptionCaught(cause);
    }
}
