package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Position;
import dev.belfry.ReadClient;
import dev.belfry.stream.StreamListener.LeaveCause;
import dev.belfry.wire.EndReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's live side, and the last handler on its channel. It has no queue: it is LIVE and gets what its group gets,
 * or BEHIND and is given the log from its position, chunk by chunk, whenever the channel has room. A channel without room makes
 * it BEHIND; the log's end makes it LIVE.
 *
 * <p>All state is owned by the channel's event loop. A million of these should be small: what is the same for the group is
 * asked of the group.
 */
public final class Subscriber extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(Subscriber.class);
    static final int NOT_LIVE = -1;
    static final int LEFT = -1;

    /** Chunks grow while the channel drains them at once, so that a client that never reads costs little memory. */
    private static final int MIN_CHUNK_BYTES = 16 << 10;

    private static final int MAX_CHUNK_DOUBLINGS = 2;

    private Feed feed;
    private @Nullable ChannelHandlerContext ctx;
    private ChannelWriter writer = PipelineWriter.INSTANCE;

    /**
     * While BEHIND: where it goes on to read. While LIVE: where it became so, which may be ahead of what its group has been
     * given.
     */
    private Position position;

    private int placeInGroup = NOT_LIVE;
    private int placeOnWheel = LEFT;

    /** A byte, and not their size: with it a subscriber has 48 bytes and not 56. */
    private byte chunkDoublings;

    private boolean awaitsReplay;

    /** Nothing is written any more, and the channel is closed or about to be. */
    private boolean left;

    /** The shard's tick of the last write. */
    private int wroteAt;

    /** One object for all of an open server, and for all streams of a token that is remembered. */
    private StreamOwner owner;

    /** Its number in its shard. */
    private final int number;

    /** When it began, in the units of {@link StreamTimes}. */
    private final int since;

    Subscriber(Feed feed, Position position, StreamOwner owner, int number, int since) {
        this.feed = feed;
        this.position = position;
        this.owner = owner;
        this.number = number;
        this.since = since;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        this.ctx = ctx;
        writer = writerOf(ctx.channel(), context().hasDirectWrites());
    }

    /** @param direct whether bytes may go past the channel, where it has a socket for that */
    static ChannelWriter writerOf(Channel channel, boolean direct) {
        ChannelWriter past = null;
        if (direct) {
            past = DirectStreamWriter.of(channel);
            past = past == null ? DirectSocketWriter.of(channel) : past;
        }
        return past == null ? PipelineWriter.INSTANCE : past;
    }

    private ChannelHandlerContext ctx() {
        if (ctx == null) {
            throw new IllegalStateException("not on a channel yet");
        }
        return ctx;
    }

    private boolean isWritable() {
        return ctx().channel().isWritable();
    }

    private SubscriberContext context() {
        return feed.context();
    }

    private StreamFormat format() {
        return feed.key().format();
    }

    /** Which events it gets. */
    public EventFilter filter() {
        return feed.key().filter();
    }

    /** Whose stream it is. */
    public StreamOwner owner() {
        return owner;
    }

    int number() {
        return number;
    }

    int since() {
        return since;
    }

    Feed feed() {
        return feed;
    }

    /** The address of its client; null when that is not known any more. */
    @Nullable
    SocketAddress address() {
        return ctx().channel().remoteAddress();
    }

    /** For whom the log is read. */
    ReadClient client() {
        return ReadClient.at(address());
    }

    /** How it writes. */
    Class<? extends ChannelWriter> writes() {
        return writer.getClass();
    }

    // ---- its places in the lists of others: only the owner of a list calls these

    /** Among the LIVE subscribers of its group, which alone sets it. */
    int placeInGroup() {
        return placeInGroup;
    }

    void placedInGroup(int place) {
        placeInGroup = place;
    }

    /** On the heartbeat wheel, which alone sets it. */
    int placeOnWheel() {
        return placeOnWheel;
    }

    void placedOnWheel(int place) {
        placeOnWheel = place;
    }

    // ---- LIVE

    boolean isLive() {
        return placeInGroup != NOT_LIVE;
    }

    /** Whether it had an event, and perhaps those behind it, before it became LIVE. */
    boolean hasFrom(long offset) {
        return position.offset() >= offset;
    }

    /** The position of the newest event that it has been given, or where it has looked since without finding another. */
    public Position position() {
        if (!isLive()) {
            return position;
        }
        Position given = feed.given(this);
        return given.offset() > position.offset() ? given : position;
    }

    /** Writes shared bytes, or becomes BEHIND when the channel has no room for them; whether they were written. */
    boolean deliver(List<ByteBuf> frames) {
        if (!hasRoom()) {
            return false;
        }
        boolean isAllSent = true;
        for (int i = 0; i < frames.size(); i++) {
            isAllSent &= send(frames.get(i));
        }
        if (!isAllSent) {
            ctx().flush();
        }
        return true;
    }

    private boolean send(ByteBuf bytes) {
        wroteAt = context().ticks();
        return writer.send(ctx(), bytes, format());
    }

    /** Writes those of the events that it does not have yet; whether there were any. */
    boolean deliverRest(List<Event> events) {
        List<Event> rest = events.stream()
                .filter(e -> e.position().offset() > position.offset())
                .toList();
        if (rest.isEmpty() || !hasRoom()) {
            return false;
        }
        write(format().encode(rest));
        return true;
    }

    private boolean hasRoom() {
        if (writer.hasRoom(ctx())) {
            return true;
        }
        fallBehind();
        proceed();
        return false;
    }

    /** Becomes BEHIND, where it is; it goes on when it {@linkplain #proceed() proceeds}. */
    void fallBehind() {
        if (isLive()) {
            leaveLive();
            context().listener().behind(format());
        }
    }

    private void leaveLive() {
        position = position();
        chunkDoublings = 0;
        feed.removeLive(this);
    }

    private void goLive(Position at) {
        Position dispatched = feed.dispatched();
        // mostly the same place, and then the same object for all
        position = at.equals(dispatched) ? dispatched : at;
        feed.addLive(this);
        context().listener().live(format());
    }

    // ---- BEHIND

    /** Begins, on the event loop, with the channel to itself. */
    public void begin() {
        wroteAt = context().ticks();
        if (!ctx().channel().isActive()) {
            leave();
        } else if (context().isClosing()) {
            end(EndReason.SHUTDOWN);
        } else if (owner.permissions().isExpired(context().now())) {
            end(EndReason.TOKEN_EXPIRED);
        } else {
            proceed();
        }
    }

    /** Takes its next step while BEHIND, if the channel has room for it. */
    public void proceed() {
        if (isLive() || awaitsReplay || left || !isWritable()) {
            return;
        }
        try {
            if (position.equals(feed.dispatched())) {
                goLive(position);
            } else {
                // first the state: it may be answered at once
                awaitsReplay = true;
                context().ask(this, feed, position, MIN_CHUNK_BYTES << chunkDoublings);
            }
        } catch (Throwable e) {
            breakOff(e);
        }
    }

    /** Whether it is given nothing any more, because its channel is closed or about to be. */
    public boolean hasLeft() {
        return left;
    }

    /** Is given the chunk that it asked for. */
    void replayed(Feed of, Position from, Replay replay) {
        awaitsReplay = false;
        // the filter may have been changed and changed back, with another place to go on from
        boolean isCurrent = of == feed && from.equals(position);
        if (isCurrent && !left) {
            tryToAdvance(replay);
        }
        proceed();
    }

    private void tryToAdvance(Replay replay) {
        try {
            advance(replay);
        } catch (Throwable e) {
            breakOff(e);
        }
    }

    /** First the state, then the bytes: a flush that makes room calls {@link #proceed()} at once, in the middle of this. */
    private void advance(Replay replay) {
        report(replay);
        if (replay.next().offset() >= feed.dispatched().offset()) {
            goLive(replay.next());
        } else {
            position = replay.next();
        }
        ByteBuf bytes = replay.bytes();
        if (bytes != null) {
            if (!send(bytes)) {
                ctx().flush();
            }
            boolean isDrained = isWritable();
            chunkDoublings = isDrained ? (byte) Math.min(chunkDoublings + 1, MAX_CHUNK_DOUBLINGS) : 0;
        }
    }

    private void report(Replay replay) {
        if (replay.gap() != null) {
            context().listener().gap(replay.gap().reason());
        }
        context().listener().replayed(format(), replay.events());
    }

    // ---- the filter of a WebSocket may change

    /**
     * Takes another filter, and a place to {@linkplain #proceed() proceed} from; what is being read for the one before is not
     * sent.
     *
     * @return whether there was room for the patterns; without it everything stays as it was
     */
    public boolean change(EventFilter filter, Position from) {
        if (left) {
            return true;
        }
        MemoryBudget.Hold patterns = PatternWeight.hold(context().budget(), filter, address());
        if (patterns == null) {
            return false;
        }
        fallBehind();
        feed = context().change(feed, filter, patterns);
        position = from;
        return true;
    }

    /** Takes other permissions, of the same subject, and with them another end. The filter is to be {@linkplain #change changed} too. */
    public void renew(StreamOwner renewed) {
        if (!left) {
            owner = renewed;
            context().noteEnd(this);
        }
    }

    // ---- the shard's clock

    /** Called several times a heartbeat: sends a heartbeat after silence, or cuts off a client that takes nothing. */
    void tick(long nowNanos, long writeStallNanos) {
        long progress = ChannelWriter.progress(ctx().channel(), wroteAt);
        if (left && (progress == 0 || context().isSilentSince(wroteAt))) {
            // nothing waits, and it is open: closing it has failed. Or its client takes its last bytes too slowly
            ctx().close();
            return;
        }
        if (progress == 0) {
            context().standstills().forget(this);
        } else if (context().standstills().nanos(this, progress, nowNanos) >= writeStallNanos) {
            context().listener().stalled(format());
            markLeft(LeaveCause.STALLED);
            ctx().close();
            return;
        }
        if (!left && progress == 0 && isWritable() && context().isSilentSince(wroteAt)) {
            write(format().heartbeat());
        }
    }

    private void write(ByteBuf bytes) {
        wroteAt = context().ticks();
        ChannelWriter.write(ctx(), bytes, format());
        ctx().flush();
    }

    // ---- the end

    /**
     * Ends the stream in the way of its format, which tells why; the client may come back after the time that it is told. It is
     * given nothing behind that.
     */
    void end(EndReason reason) {
        if (!left) {
            wroteAt = context().ticks();
            markLeft(causeOf(reason));
            Object lastMessage =
                    format().lastMessage(reason, context().now(), context().retryMillis());
            ctx().writeAndFlush(lastMessage).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static LeaveCause causeOf(EndReason reason) {
        return switch (reason) {
            case SHUTDOWN -> LeaveCause.ENDED;
            case TOKEN_EXPIRED, MAX_LIFETIME -> LeaveCause.EXPIRED;
            case DISCONNECTED, PERMISSIONS_CHANGED -> LeaveCause.DISCONNECTED;
        };
    }

    /**
     * Ends at once when it is not known any more what was written; the client comes back with the id of what it has. Never throws:
     * those behind it are not to blame.
     */
    void breakOff(Throwable cause) {
        context().failures().warn("stream broken off", format(), cause);
        try {
            markLeft(LeaveCause.FAILED);
            ctx().close();
        } catch (Throwable e) {
            context().failures().warn("stream not closed, the clock makes up for it", format(), e);
        }
    }

    private void markLeft(LeaveCause cause) {
        if (!left) {
            left = true;
            boolean wasLive = isLive();
            if (wasLive) {
                leaveLive();
            }
            context().listener().left(format(), wasLive, cause);
        }
    }

    /** Is forgotten, when its channel is closed or it never got onto it. */
    void leave() {
        if (placeOnWheel != LEFT) {
            markLeft(LeaveCause.CLOSED);
            context().leave(this);
        }
    }

    // ---- the channel

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

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // a decoder's message may have in it what came
        log.debug("stream broke cause={}", cause.getClass().getSimpleName());
        ctx.close();
    }
}
