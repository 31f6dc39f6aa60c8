package dev.belfry.stream;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.TopicPattern;
import dev.belfry.testkit.TapChannel;
import io.netty.channel.Channel;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One shard on an event loop of its own, with channels that can be shut like taps. */
final class TestShard implements AutoCloseable {
    final EventLog log;
    final Hub hub;
    final EventLoop loop;
    private final boolean endsLoop;
    final RecordingListener listener = new RecordingListener();
    final MemoryBudget budget;
    final StreamCounts counts = new StreamCounts(listener);
    final Shard shard;
    private final List<TapChannel> channels = new CopyOnWriteArrayList<>();

    TestShard(EventLog log) {
        this(log, StreamSettings.DEFAULT);
    }

    TestShard(EventLog log, StreamSettings settings) {
        this(log, settings, Shard.TURN_DELIVERIES);
    }

    /** @param turnDeliveries after how many deliveries the shard waits for its next turn */
    TestShard(EventLog log, StreamSettings settings, int turnDeliveries) {
        this(log, settings, turnDeliveries, Optimizations.ALL, new DefaultEventLoop(), true);
    }

    /** @param endsLoop whether the loop ends with it */
    TestShard(
            EventLog log,
            StreamSettings settings,
            int turnDeliveries,
            Optimizations optimizations,
            EventLoop loop,
            boolean endsLoop) {
        this(log, settings, turnDeliveries, optimizations, loop, endsLoop, MemoryBudget.ofHeap());
    }

    /** With a budget of its own. */
    TestShard(EventLog log, StreamSettings settings, MemoryBudget budget) {
        this(log, settings, Shard.TURN_DELIVERIES, Optimizations.ALL, new DefaultEventLoop(), true, budget);
    }

    private TestShard(
            EventLog log,
            StreamSettings settings,
            int turnDeliveries,
            Optimizations optimizations,
            EventLoop loop,
            boolean endsLoop,
            MemoryBudget budget) {
        this.budget = budget;
        this.log = log;
        this.loop = loop;
        this.endsLoop = endsLoop;
        hub = new Hub(log, 2);
        shard = new Shard(loop, hub, settings, counts, budget, turnDeliveries, optimizations);
        log.onCommit(shard::offer);
    }

    /** One subscriber and its channel. */
    record Client(TapChannel channel, Subscriber subscriber, TestFormat format) {
        List<String> ids() {
            return format.ids(channel.taken());
        }
    }

    static EventFilter filter(String... patterns) {
        Set<TopicPattern> all = Stream.of(patterns).map(TopicPattern::of).collect(Collectors.toSet());
        return Permissions.OPEN.filter(all);
    }

    Receipt publish(Notification... notifications) {
        return log.append(Publication.of(notifications)).join();
    }

    Receipt publish(String topic, String text) {
        return publish(Notification.of(topic, text));
    }

    Client join(EventFilter filter, TestFormat format, Position from) {
        return join(filter, format, from, Long.MAX_VALUE);
    }

    /** @param room how many bytes the client's socket takes before it has to be opened */
    Client join(EventFilter filter, TestFormat format, Position from, long room) {
        return join(filter, format, from, room, new TapChannel(32 << 10, 64 << 10));
    }

    Client join(EventFilter filter, TestFormat format, Position from, long room, TapChannel channel) {
        channels.add(channel);
        loop.register(channel).syncUninterruptibly();
        return call(() -> {
            if (room != Long.MAX_VALUE) {
                channel.shut();
                channel.open(room);
            }
            return new Client(channel, begin(channel, filter, format, from), format);
        });
    }

    /** One whose permissions end. */
    Client join(Permissions permissions, EventFilter filter, TestFormat format, Position from, TapChannel channel) {
        channels.add(channel);
        loop.register(channel).syncUninterruptibly();
        return call(
                () -> new Client(channel, begin(channel, StreamOwner.of(permissions), filter, format, from), format));
    }

    /** On the event loop. */
    Subscriber begin(Channel channel, EventFilter filter, TestFormat format, Position from) {
        return begin(channel, StreamOwner.OPEN, filter, format, from);
    }

    /** On the event loop. */
    Subscriber begin(Channel channel, StreamOwner owner, EventFilter filter, TestFormat format, Position from) {
        counts.opened();
        MemoryBudget.Hold patterns = Objects.requireNonNull(PatternWeight.hold(budget, filter, null));
        Subscriber subscriber = shard.join(filter, format.format, from, owner, patterns);
        channel.pipeline().addLast(subscriber);
        subscriber.begin();
        return subscriber;
    }

    /** Runs on the event loop, and waits. */
    <T> T call(Callable<T> task) {
        try {
            return loop.submit(task).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    void run(Runnable task) {
        call(() -> {
            task.run();
            return null;
        });
    }

    static List<String> ids(List<Event> events) {
        return events.stream().map(event -> event.position().toString()).toList();
    }

    @Override
    public void close() {
        if (!loop.isShuttingDown()) {
            run(() -> channels.forEach(TapChannel::close));
            run(() -> {}); // what they leave behind is cleared away
        }
        hub.close();
        log.close();
        if (endsLoop) {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
