package dev.belfry.stream;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.wire.EventEncoder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A shard and its subscribers without sockets, in the package of the real ones: all share one channel, whose own memory so
 * does not count, and which drops what is written.
 */
public final class MillionSubscribers {
    private static final int DISPATCHES = 20;
    private static final StreamFormat FORMAT = StreamFormat.of(EventEncoder.SSE, Framing.CHUNKS);

    /**
     * What was measured.
     *
     * @param bytesEach heap for each subscriber
     * @param nanosEach time for each subscriber that an event goes to
     */
    public record Figures(double bytesEach, double nanosEach) {}

    private MillionSubscribers() {}

    /** Measures with so many. */
    public static Figures measure(int subscribers) {
        try (EventLog log = new InMemoryEventLog();
                Hub hub = new Hub(log)) {
            MemoryBudget budget = MemoryBudget.ofHeap();
            Sink sink = new Sink();
            EmbeddedChannel channel = new EmbeddedChannel(sink, new ChannelInboundHandlerAdapter());
            Shard shard = new Shard(
                    channel.eventLoop(), hub, StreamSettings.DEFAULT, new StreamCounts(StreamListener.NONE), budget);
            long before = usedHeap();
            for (int i = 0; i < subscribers; i++) {
                Subscriber subscriber = shard.join(
                        filter(i),
                        FORMAT,
                        log.head(),
                        StreamOwner.of(Permissions.OPEN),
                        budget.open(MemoryBudget.Use.PATTERNS, null));
                subscriber.handlerAdded(channel.pipeline().lastContext());
                subscriber.begin();
            }
            double bytesEach = (usedHeap() - before) / (double) subscribers;
            double nanosEach = dispatches(log.head(), shard, channel, sink, subscribers / 2) / (subscribers / 2.0);
            return new Figures(bytesEach, nanosEach);
        }
    }

    private static EventFilter filter(int i) {
        TopicPattern pattern = i % 2 == 0 ? TopicPattern.ALL : TopicPattern.of("users/" + i);
        return new EventFilter(Set.of(pattern), Set.of(TopicPattern.ALL));
    }

    /** The least of several dispatches, in nanoseconds. */
    private static long dispatches(Position head, Shard shard, EmbeddedChannel channel, Sink sink, int deliveries) {
        long least = Long.MAX_VALUE;
        for (int i = 1; i <= DISPATCHES; i++) {
            Notification notification =
                    new Notification(List.of(new Topic("all")), "n", Data.text("x".repeat(64)), false, null);
            shard.offer(List.of(new Event(head.plus(i), Instant.EPOCH, notification)));
            long began = System.nanoTime();
            sink.awaited = deliveries;
            while (sink.awaited > 0) {
                channel.runPendingTasks();
            }
            least = Math.min(least, System.nanoTime() - began);
        }
        return least;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Takes everything. */
    private static final class Sink extends ChannelOutboundHandlerAdapter {
        private int awaited;

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ReferenceCountUtil.release(msg);
            awaited--;
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            // nothing waits here
        }
    }
}
