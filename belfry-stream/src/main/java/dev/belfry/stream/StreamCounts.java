package dev.belfry.stream;

import dev.belfry.Gap;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** How many streams there are over all shards, and whether there may be more. Tells the application's listener too. */
final class StreamCounts implements StreamListener {
    private final StreamListener listener;
    private final Map<StreamFormat, Streams> streams = new ConcurrentHashMap<>();
    private final LongAdder stalled = new LongAdder();
    private volatile PresenceListener presence = PresenceListener.NONE;
    private volatile boolean closing;
    private int open;

    /** Of one format. */
    private static final class Streams {
        final LongAdder all = new LongAdder();
        final LongAdder live = new LongAdder();
    }

    StreamCounts(StreamListener listener) {
        this.listener = listener;
    }

    void watch(PresenceListener listener) {
        presence = listener;
    }

    PresenceListener presence() {
        return presence;
    }

    // ---- places

    void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /** Opens one more, if there is room and the streams are not ending. */
    synchronized boolean tryOpen(int max) {
        if (closing || open >= max) {
            return false;
        }
        opened();
        return true;
    }

    synchronized void opened() {
        open++;
    }

    synchronized void closed() {
        if (--open == 0) {
            notifyAll();
        }
    }

    /** How many streams are open or about to be. */
    synchronized int open() {
        return open;
    }

    /** Waits until no stream is open, or the time is over. */
    synchronized boolean awaitNone(Duration atMost) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        while (open > 0) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }

    // ---- by format and state

    /** The formats that have had streams. */
    Set<StreamFormat> formats() {
        return Set.copyOf(streams.keySet());
    }

    long liveCount(StreamFormat format) {
        return of(format).live.sum();
    }

    long behindCount(StreamFormat format) {
        Streams counts = of(format);
        return Math.max(0, counts.all.sum() - counts.live.sum());
    }

    long stalledSoFar() {
        return stalled.sum();
    }

    private Streams of(StreamFormat format) {
        return streams.computeIfAbsent(format, f -> new Streams());
    }

    @Override
    public void joined(StreamFormat format) {
        of(format).all.increment();
        listener.joined(format);
    }

    @Override
    public void left(StreamFormat format, boolean wasLive, LeaveCause cause) {
        Streams counts = of(format);
        counts.all.decrement();
        if (wasLive) {
            counts.live.decrement();
        }
        listener.left(format, wasLive, cause);
    }

    @Override
    public void behind(StreamFormat format) {
        of(format).live.decrement();
        listener.behind(format);
    }

    @Override
    public void live(StreamFormat format) {
        of(format).live.increment();
        listener.live(format);
    }

    @Override
    public void delivered(StreamFormat format, int events, int streams) {
        listener.delivered(format, events, streams);
    }

    @Override
    public void replayed(StreamFormat format, int events) {
        listener.replayed(format, events);
    }

    @Override
    public void gap(Gap.Reason reason) {
        listener.gap(reason);
    }

    @Override
    public void stalled(StreamFormat format) {
        stalled.increment();
        listener.stalled(format);
    }
}
