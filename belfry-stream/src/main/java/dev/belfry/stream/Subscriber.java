package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Position;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.Socket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's live side, and the last handler on its channel. It has no queue: it is LIVE and gets what its group gets,
 * or BEHIND and is given the log from its position, chunk by chunk, whenever the channel has room. A channel without room makes
 * it BEHIND; the log's end makes it LIVE.
 *
 * <p>All state is owned by the channel's event loop.
 */
public final class Subscriber extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Subscriber.class);
    static final int NOT_LIVE = -1;
    private static final int LEFT = -1;

    /** Chunks grow while the channel drains them at once, so that one who never reads costs little memory. */
    private static final int MIN_CHUNK_BYTES = 16 << 10;

    private static final int MAX_CHUNK_BYTES = 64 << 10;
    private static final int MAX_DATA_FRAME_BYTES = 64 << 10;

    private final Shard shard;

    /** Where it is in its group's list of live ones, and in the shard's list of all: theirs to set. */
    int liveIndex = NOT_LIVE;

    int shardIndex;

    private Group group;
    private @Nullable ChannelHandlerContext ctx;

    /** Of its own; null under TLS and HTTP/2. */
    private @Nullable Socket socket;

    /** The same as the channel has: a delivery looks at as little memory as it can. */
    private @Nullable ChannelOutboundBuffer waiting;

    /** Null under TLS, and without HTTP/2. */
    private @Nullable DirectStreamWriter http2Stream;

    /**
     * While BEHIND: where it goes on to read. While LIVE: where it joined, which may be ahead of what the shard has
     * dispatched.
     */
    private Position position;

    private boolean live;
    private int chunkBytes = MIN_CHUNK_BYTES;
    private boolean awaitsReplay;
    private boolean left;

    /** The shard's tick of the last write. */
    private int wroteAt;

    private @Nullable Standstill standstill;

    /** How far the client had got when it was last looked at, and since when; null when nothing waited for it. */
    private record Standstill(long progress, long sinceNanos) {}

    Subscriber(Shard shard, Group group, Position position) {
        this.shard = shard;
        this.group = group;
        this.position = position;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
    }

    /** What it gets. */
    public EventFilter filter() {
        return group.filter();
    }

    Group group() {
        return group;
    }

    private ChannelHandlerContext ctx() {
        if (ctx == null) {
            throw new IllegalStateException("not on a channel yet");
        }
        return ctx;
    }

    boolean isLive() {
        return live;
    }

    /** Whether it had an event, and perhaps those behind it, before it became LIVE. */
    boolean hasFrom(long offset) {
        return position.offset() >= offset;
    }

    /** Where it is: what it has got ends here. */
    public Position position() {
        if (!live) {
            return position;
        }
        Position given = group.given(this, shard.dispatched());
        return given.offset() > position.offset() ? given : position;
    }

    // ---- LIVE

    /** Writes shared bytes, or becomes BEHIND when the channel has no room for them. */
    void deliver(List<ByteBuf> frames) {
        if (hasRoom()) {
            boolean isAllSent = true;
            for (int i = 0; i < frames.size(); i++) {
                isAllSent &= send(frames.get(i));
            }
            if (!isAllSent) {
                flush();
            }
        }
    }

    /** Straight to the kernel as far as that takes it, the rest to the channel; whether there is no rest. */
    private boolean send(ByteBuf frame) {
        int sent;
        try {
            sent = sendBare(frame);
        } catch (IOException e) {
            exceptionCaught(ctx(), e);
            return true;
        }
        wroteAt = shard.ticks();
        if (sent == frame.readableBytes()) {
            return true;
        }
        write(frame.retainedSlice(frame.readerIndex() + sent, frame.readableBytes() - sent));
        return false;
    }

    private int sendBare(ByteBuf frame) throws IOException {
        if (socket != null) {
            return isFree() ? DirectSocketWriter.send(socket, frame) : 0;
        }
        return http2Stream == null ? 0 : http2Stream.send(frame);
    }

    private boolean isFree() {
        return socket != null && waiting != null && DirectSocketWriter.isFree(socket, waiting);
    }

    /** Writes those of the events that it does not have yet. */
    void deliverRest(List<Event> events) {
        List<Event> rest = events.stream()
                .filter(e -> e.position().offset() > position.offset())
                .toList();
        if (!rest.isEmpty() && hasRoom()) {
            write(group.format().encode(rest));
            flush();
        }
    }

    private boolean hasRoom() {
        if (isFree() || ctx().channel().isWritable()) {
            return true;
        }
        fallBehind();
        return false;
    }

    /** It goes on from what the shard had dispatched before this dispatch. */
    private void fallBehind() {
        leaveLive();
        proceed();
    }

    void leaveLive() {
        if (live) {
            position = position();
            live = false;
            chunkBytes = MIN_CHUNK_BYTES;
            group.removeLive(this);
        }
    }

    private void goLive(Position at) {
        // mostly the same place, and then the same object for all
        position = at.equals(shard.dispatched()) ? shard.dispatched() : at;
        live = true;
        group.addLive(this);
    }

    // ---- BEHIND

    /** Begins, on the event loop, with the channel to itself. */
    public void begin() {
        socket = DirectSocketWriter.of(ctx().channel());
        waiting = ctx().channel().unsafe().outboundBuffer();
        http2Stream = DirectStreamWriter.of(ctx().channel());
        wroteAt = shard.ticks();
        if (!ctx().channel().isActive()) {
            leave();
        } else if (shard.isClosing()) {
            end();
        } else {
            proceed();
        }
    }

    /** Takes the next step of one who is BEHIND, if there is room for it. */
    public void proceed() {
        if (live || awaitsReplay || left || !ctx().channel().isWritable()) {
            return;
        }
        try {
            if (position.equals(shard.dispatched())) {
                goLive(position);
            } else {
                // first the state: it may be answered at once
                awaitsReplay = true;
                shard.replays().ask(this, position, chunkBytes);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            breakOff(e);
        }
    }

    /** Is given the chunk that it asked for, whose bytes it takes over. */
    void replayed(Group of, Position from, Position next, @Nullable ByteBuf bytes) {
        awaitsReplay = false;
        // the filter may have been changed and changed back, with another place to go on from
        boolean isOutdated = of != group || !from.equals(position);
        if (left || isOutdated) {
            ReferenceCountUtil.release(bytes);
            proceed();
        } else {
            advance(next, bytes);
        }
    }

    /** First the state, then the bytes: a flush that makes room calls {@link #proceed()} at once, in the middle of this. */
    private void advance(Position next, @Nullable ByteBuf bytes) {
        if (next.offset() >= shard.dispatched().offset()) {
            goLive(next);
        } else {
            position = next;
        }
        writeChunk(bytes);
        proceed();
    }

    private void writeChunk(@Nullable ByteBuf bytes) {
        if (bytes != null) {
            try {
                if (!send(bytes)) {
                    flush();
                }
            } finally {
                bytes.release();
            }
            boolean drained = ctx().channel().isWritable();
            chunkBytes = drained ? Math.min(chunkBytes * 2, MAX_CHUNK_BYTES) : MIN_CHUNK_BYTES;
        }
    }

    /** Ends at once when it is not known any more what was written; the client comes back with the id of what it has. */
    void breakOff(Throwable cause) {
        log.warn("stream broken off at={} cause={}", position(), cause.toString());
        left = true;
        leaveLive();
        ctx().close();
    }

    // ---- the filter of a WebSocket may change

    /**
     * Takes another filter, and a place to {@linkplain #proceed() proceed} from; what is being read for the one before is not
     * sent.
     */
    public void change(EventFilter filter, Position from) {
        if (left) {
            return;
        }
        leaveLive();
        group = shard.change(group, filter);
        position = from;
    }

    // ---- the shard's clock

    /** Called several times a heartbeat: gives a sign of life when nothing else did, or cuts off who takes nothing. */
    void tick(long nowNanos, long writeStallNanos) {
        long progressNow = progress();
        if (progressNow == 0) {
            standstill = null;
        } else if (standstill == null || standstill.progress != progressNow) {
            standstill = new Standstill(progressNow, nowNanos);
        } else if (nowNanos - standstill.sinceNanos >= writeStallNanos) {
            shard.countStalled();
            ctx().close();
            return;
        }
        if (!left && progressNow == 0 && ctx().channel().isWritable() && shard.isSilentSince(wroteAt)) {
            write(group.format().heartbeat());
            flush();
        }
    }

    /**
     * Another number whenever the client has taken something of what waits for it, be it a part of one large frame, and not
     * when more is put behind that; 0 when nothing waits.
     */
    private long progress() {
        Channel channel = ctx().channel();
        ChannelOutboundBuffer outbound = channel.unsafe().outboundBuffer();
        if (outbound == null) {
            // an HTTP/2 stream, which has no such buffer; while it has no room nothing is written to it
            return channel.isWritable() ? 0 : 1 + channel.bytesBeforeWritable() + ((long) wroteAt << 40);
        }
        Object first = outbound.current();
        return first == null ? 0 : 1 + outbound.currentProgress() + ((long) System.identityHashCode(first) << 32);
    }

    /** Ends the stream in the way of its format; the client may come back after the time that it is told. */
    void end() {
        if (left) {
            return;
        }
        left = true;
        leaveLive();
        ctx().writeAndFlush(group.format().lastMessage(shard.retryMillis())).addListener(ChannelFutureListener.CLOSE);
    }

    // ---- the channel

    private void write(ByteBuf bytes) {
        wroteAt = shard.ticks();
        // HTTP/2 tells of nothing before all of a frame is gone, which a slow client may take long for
        while (group.format().isHttp2() && bytes.readableBytes() > MAX_DATA_FRAME_BYTES) {
            ctx().write(group.format().message(bytes.readRetainedSlice(MAX_DATA_FRAME_BYTES)), ctx().voidPromise());
        }
        ctx().write(group.format().message(bytes), ctx().voidPromise());
    }

    private void flush() {
        ctx().flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        // a stream is one-way: whatever still comes is not ours to read
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        proceed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leave();
    }

    private void leave() {
        if (shardIndex >= 0) {
            left = true;
            leaveLive();
            shard.leave(this);
            shardIndex = LEFT;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("stream broke cause={}", cause.toString());
        ctx.close();
    }
}
