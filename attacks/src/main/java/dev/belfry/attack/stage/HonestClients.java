package dev.belfry.attack.stage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The honest clients of a server, on a thread of their own: a publisher of 20 events a second, a subscriber, a long poll, and a
 * poll twice a second.
 */
public final class HonestClients {
    /** What they publish to and read. */
    public static final String TOPIC = "honest/events";

    private static final int PER_SECOND = 20;
    private static final long PERIOD_NANOS = 1_000_000_000L / PER_SECOND;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Duration BEGIN = Duration.ofSeconds(20);

    private final Selector selector = Selector.open();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(64 << 10);
    private final Ledger ledger = new Ledger();
    private final HonestPublisher publisher;
    private final HonestSubscriber subscriber;
    private final HonestPoller longPoll;
    private final HonestPoller shortPoll;
    private final AtomicBoolean ends = new AtomicBoolean();
    private final AtomicBoolean measures = new AtomicBoolean();
    private final Thread thread = new Thread(this::run, "honest");
    private long nextNanos;
    private volatile boolean isReady;
    private long latestNanos;

    private HonestClients(int port) throws IOException {
        publisher = new HonestPublisher(port, selector, ledger);
        subscriber = new HonestSubscriber(port, selector, ledger);
        longPoll = new HonestPoller(port, selector, ledger, true);
        shortPoll = new HonestPoller(port, selector, ledger, false);
        thread.setDaemon(true);
    }

    /** Starts them, and waits until the subscriber's stream has begun. */
    public static HonestClients start(int port) throws IOException {
        HonestClients clients = new HonestClients(port);
        clients.thread.start();
        if (!Pauses.await(BEGIN, () -> clients.isReady)) {
            clients.ends.set(true);
            throw new IOException("the honest subscriber gets no stream");
        }
        return clients;
    }

    /** What is meant to be done from now on is measured. */
    public void measure() {
        measures.set(true);
    }

    /** Ends them: what is under way has 10 s to be answered and delivered. */
    public HonestReport finish() throws IOException {
        ends.set(true);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        return new HonestReport(ledger, subscriber, longPoll, shortPoll, Duration.ofNanos(latestNanos));
    }

    private void run() {
        nextNanos = System.nanoTime();
        try (selector) {
            while (!ends.get()) {
                work();
                select(nextNanos);
            }
            drain();
            closeAll();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void work() {
        subscriber.keepConnected();
        isReady = subscriber.isReady();
        if (measures.compareAndSet(true, false)) {
            ledger.measureFrom(System.nanoTime());
            latestNanos = 0;
        }
        for (long now = System.nanoTime(); isReady && now - nextNanos >= 0; nextNanos += PERIOD_NANOS) {
            latestNanos = Math.max(latestNanos, now - nextNanos);
            publisher.publish(nextNanos);
        }
        longPoll.askWhenDue();
        shortPoll.askWhenDue();
        if (!isReady) {
            nextNanos = System.nanoTime() + PERIOD_NANOS;
        }
    }

    private void drain() throws IOException {
        long end = System.nanoTime() + DRAIN.toNanos();
        while (System.nanoTime() - end < 0 && !(publisher.isIdle() && ledger.isSettled())) {
            subscriber.keepConnected();
            select(Math.min(end, System.nanoTime() + PERIOD_NANOS));
        }
        publisher.giveUp();
        shortPoll.giveUp();
    }

    private void select(long untilNanos) throws IOException {
        long left = untilNanos - System.nanoTime();
        if (left > 0) {
            // rounded up, for a time of 0 would be for ever
            selector.select((left + 999_999) / 1_000_000);
        } else {
            selector.selectNow();
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.isValid() && key.attachment() instanceof HonestConnection connection) {
                connection.ready(scratch);
            }
        }
        selector.selectedKeys().clear();
    }

    private void closeAll() {
        for (SelectionKey key : selector.keys()) {
            if (key.attachment() instanceof HonestConnection connection) {
                connection.close();
            }
        }
    }
}
