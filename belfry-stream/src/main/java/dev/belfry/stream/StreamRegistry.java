package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Position;
import dev.belfry.Registration;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All streams of this process: one shard for every event loop that has subscribers. */
public final class StreamRegistry implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StreamRegistry.class);
    private static final Duration CLOSE_TIME = Duration.ofSeconds(5);

    private final Hub hub;
    private final StreamSettings settings;
    private final Registration registration;
    private final StreamCounts counts = new StreamCounts();
    private final Map<EventLoop, Shard> shards = new ConcurrentHashMap<>();

    /**
     * Follows the hub's log from now on.
     *
     * @param settings the times and bounds of every stream
     */
    public StreamRegistry(Hub hub, StreamSettings settings) {
        this.hub = hub;
        this.settings = settings;
        registration = hub.log().onCommit(this::committed);
    }

    private void committed(List<Event> events) {
        shards.values().forEach(shard -> shard.offer(events));
    }

    /** How many streams are open. */
    public int size() {
        return counts.open();
    }

    /** How many streams have been cut off so far because their clients took nothing. */
    public long stalled() {
        return counts.stalledSoFar();
    }

    /** Whether there is room for one more. */
    public boolean isOpen() {
        return !counts.isClosing() && counts.open() < settings.maxConnections();
    }

    private Shard shardOf(Channel channel) {
        return shards.computeIfAbsent(channel.eventLoop(), loop -> new Shard(loop, hub, settings, counts));
    }

    /** Puts a subscriber at the end of a channel's pipeline, where it is to begin. On the channel's event loop. */
    public Subscriber join(Channel channel, EventFilter filter, StreamFormat format, Position start) {
        Subscriber subscriber = shardOf(channel).join(filter, format, start);
        channel.pipeline().addLast(subscriber);
        noticeVanishedPeer(channel);
        return subscriber;
    }

    /**
     * Heartbeats to a machine that is gone without a word fill the kernel's buffer, and nothing waits here: the kernel alone
     * knows that they are not acknowledged, and would try for a quarter of an hour (RFC 5482).
     */
    private void noticeVanishedPeer(Channel channel) {
        Channel socket = channel.parent() instanceof EpollSocketChannel connection ? connection : channel;
        if (socket instanceof EpollSocketChannel epoll && epoll.isOpen()) {
            long millis = Math.min(settings.writeStall().toMillis(), Integer.MAX_VALUE);
            epoll.config().setTcpUserTimeout((int) millis);
        }
    }

    /**
     * Ends every stream, each with a jittered {@code retry:} where its format has one, and waits until they are closed, for
     * at most 5 s. What comes from now on is turned away.
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
