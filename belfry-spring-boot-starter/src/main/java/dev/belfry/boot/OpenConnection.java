package dev.belfry.boot;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameCodec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection from when it is accepted until it becomes a stream or is closed, and how much it would be missed. */
final class OpenConnection extends ChannelInboundHandlerAdapter {
    static final int NO_PLACE = -1;

    private static final Logger log = LoggerFactory.getLogger(OpenConnection.class);

    private final OpenConnections all;
    private final long openedNanos = System.nanoTime();
    private volatile @Nullable ChannelHandlerContext ctx;
    private volatile boolean isClosing;
    private int place = NO_PLACE;

    OpenConnection(OpenConnections all) {
        this.all = all;
    }

    /** From the one that is missed least. */
    enum Kind {
        /** It has sent no request yet. */
        NEVER_USED,
        /** It is kept for a next request. */
        KEPT,
        /** It is kept, and has published. */
        KEPT_BY_PUBLISHER,
        /** A request is under way. */
        IN_USE
    }

    /** What a connection is at this moment, and since when. Its event loop may know better by now. */
    record Use(OpenConnection connection, Kind kind, long sinceNanos) {
        boolean isIdle() {
            return kind != Kind.IN_USE;
        }
    }

    // ---- its place in the list of all, which alone calls these

    int place() {
        return place;
    }

    void placed(int at) {
        place = at;
    }

    // ---- any thread

    Use use() {
        ChannelHandlerContext at = ctx;
        if (at == null || isClosing) {
            return new Use(this, Kind.IN_USE, openedNanos);
        }
        ChannelPipeline pipeline = at.pipeline();
        Http2FrameCodec http2 = pipeline.get(Http2FrameCodec.class);
        if (http2 != null) {
            return new Use(this, kindOf(http2.connection()), openedNanos);
        }
        Http1Exchanges http1 = pipeline.get(Http1Exchanges.class);
        return http1 == null
                ? new Use(this, Kind.NEVER_USED, openedNanos)
                : new Use(this, http1.kind(), http1.idleSinceNanos(openedNanos));
    }

    private static Kind kindOf(Http2Connection connection) {
        if (connection.numActiveStreams() > 0) {
            return Kind.IN_USE;
        }
        return connection.remote().lastStreamCreated() > 0 ? Kind.KEPT : Kind.NEVER_USED;
    }

    void closeIfIdle() {
        ChannelHandlerContext at = ctx;
        if (at != null) {
            isClosing = true; // nobody else need choose it
            at.executor().execute(() -> closeIfIdle(at));
        }
    }

    private void closeIfIdle(ChannelHandlerContext at) {
        isClosing = false;
        if (ctx != null && use().isIdle()) {
            log.debug("idle connection closed for another");
            isClosing = true;
            at.close();
        }
    }

    // ---- the channel

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        all.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        this.ctx = null;
        all.remove(this);
    }
}
