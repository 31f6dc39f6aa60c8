package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.Registration;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All streams of this process: one shard for every event loop that has subscribers. */
public final class StreamRegistry implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StreamRegistry.class);
    private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

    private final Hub hub;
    private final StreamSettings settings;
    private final Registration registration;
    private final StreamCounts counts;
    private final MemoryBudget budget;
    private final Map<EventLoop, Shard> shards = new ConcurrentHashMap<>();
    private volatile Shard[] told = {};

    /** Follows the hub's log from now on, without a listener. */
    public StreamRegistry(Hub hub, StreamSettings settings) {
        this(hub, settings, StreamListener.NONE, MemoryBudget.ofHeap());
    }

    /**
     * Follows the hub's log from now on.
     *
     * @param settings the times and bounds of every stream
     * @param listener is told what happens to them
     * @param budget what all that they wait with counts in
     */
    public StreamRegistry(Hub hub, StreamSettings settings, StreamListener listener, MemoryBudget budget) {
        this.hub = hub;
        this.settings = settings;
        this.budget = budget;
        counts = new StreamCounts(listener);
        registration = hub.log().onCommit(this::committed);
    }

    /** Without an object of its own: a shard that is not told would leave out what it does not know of. */
    private void committed(List<Event> events) {
        Shard[] all = told;
        for (int i = 0; i < all.length; i++) {
            all[i].offer(events);
        }
    }

    // ---- streams begin

    /** The budget that all that waits for clients counts in, and that the doors of these streams share. */
    public MemoryBudget budget() {
        return budget;
    }

    /**
     * Takes a place for one more stream, before its response begins; null when there is no room for it or its patterns, or all
     * streams are ending. Any thread.
     *
     * @param owner whose stream it is; it ends when the owner's permissions do
     * @param client the address of the client; null when that is not known
     */
    public @Nullable StreamPlace reserve(EventFilter filter, StreamOwner owner, @Nullable SocketAddress client) {
        MemoryBudget.Hold patterns = PatternWeight.hold(budget, filter, client);
        if (patterns == null) {
            return null;
        }
        if (counts.tryOpen(settings.maxConnections())) {
            return new StreamPlace(counts, owner, patterns);
        }
        patterns.close();
        return null;
    }

    /**
     * Puts a subscriber at the end of a channel's pipeline, where it is to begin. On the channel's event loop.
     *
     * @param place of its own, which is free again when the channel is closed
     * @throws IllegalStateException when the place has been released
     */
    public Subscriber join(
            StreamPlace place, Channel channel, EventFilter filter, StreamFormat format, Position start) {
        if (!place.take()) {
            throw new IllegalStateException("the place was released");
        }
        Subscriber subscriber = null;
        try {
            subscriber = shardOf(channel).join(filter, format, start, place.owner(), place.patterns());
            channel.pipeline().addLast(subscriber);
            PacedWrites.addTo(channel.pipeline());
        } catch (RuntimeException | Error e) {
            giveUp(subscriber);
            throw e;
        }
        noticeVanishedPeer(channel);
        return subscriber;
    }

    /** Or its place would be taken for ever. */
    private void giveUp(@Nullable Subscriber subscriber) {
        if (subscriber == null) {
            counts.closed();
        } else {
            subscriber.leave();
        }
    }

    private Shard shardOf(Channel channel) {
        Shard shard = shards.get(channel.eventLoop());
        return shard == null ? newShard(channel.eventLoop()) : shard;
    }

    /** On its event loop, so there is one for each. */
    private synchronized Shard newShard(EventLoop loop) {
        Shard shard = new Shard(loop, hub, settings, counts, budget);
        Shard[] more = Arrays.copyOf(told, told.length + 1);
        more[told.length] = shard;
        shards.put(loop, shard);
        told = more;
        return shard;
    }

    /**
     * Heartbeats to a machine that has vanished fill the kernel's buffer, and nothing waits here: the kernel alone knows that they
     * are not acknowledged, and would try for a quarter of an hour (RFC 5482).
     */
    private void noticeVanishedPeer(Channel channel) {
        Channel socket = channel.parent() instanceof EpollSocketChannel connection ? connection : channel;
        if (socket instanceof EpollSocketChannel epoll && epoll.isOpen()) {
            long millis = Math.min(settings.writeStall().toMillis(), Integer.MAX_VALUE);
            epoll.config().setTcpUserTimeout((int) millis);
        }
    }

    // ---- for gauges; any thread

    /** How many streams are open or about to be. */
    public int size() {
        return counts.open();
    }

    /** How many streams have been cut off so far because their clients took nothing. */
    public long stalled() {
        return counts.stalledSoFar();
    }

    /** The formats that have had streams. */
    public Set<StreamFormat> formats() {
        return counts.formats();
    }

    /** How many streams of a format are LIVE. */
    public long live(StreamFormat format) {
        return counts.liveCount(format);
    }

    /** How many streams of a format are BEHIND. */
    public long behind(StreamFormat format) {
        return counts.behindCount(format);
    }

    /**
     * How far the furthest stream is behind the log's head, in offsets: events, where offsets have no holes. As of the last look at
     * each stream, which is at most a quarter of a heartbeat ago.
     */
    public long worstLag() {
        return shards.values().stream().mapToLong(Shard::worstLag).max().orElse(0);
    }

    // ---- streams end

    /**
     * Ends every stream, each with a jittered {@code retry:} where its format has one, and waits until they are closed, for
     * at most 5 s. From now on no place is given.
     */
    @Override
    public void close() {
        counts.close();
        registration.close();
        shards.values().forEach(Shard::close);
        try {
            if (!counts.awaitNone(CLOSE_TIME)) {
                log.warn("streams left at shutdown count={}", counts.open());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
