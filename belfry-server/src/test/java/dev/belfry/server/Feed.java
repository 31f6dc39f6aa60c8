package dev.belfry.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What comes over one connection, read by a thread of its own until the connection ends. */
final class Feed implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** A client's connection. */
    interface Source extends AutoCloseable {
        /** Comes back when the server has answered. */
        void connect() throws Exception;

        /** Gives on what it reads; comes back, or throws, when the connection has ended. */
        void readTo(Consumer<Received> sink) throws Exception;

        /** Ends the connection from the client's side; from any thread. */
        @Override
        void close();
    }

    /** The connection is no more. */
    static final class Over extends Exception {
        private static final long serialVersionUID = 1L;

        private Over(Throwable why) {
            super(why);
        }
    }

    private final Source source;
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();

    private Feed(Source source) {
        this.source = source;
    }

    /** Connects, and reads from then on. */
    static Feed of(Source source) throws Exception {
        Feed feed = new Feed(source);
        try {
            source.connect();
        } catch (Exception e) {
            source.close();
            throw e;
        }
        Thread reader = new Thread(feed::read, "feed");
        reader.setDaemon(true);
        reader.start();
        return feed;
    }

    private void read() {
        try {
            source.readTo(queue::add);
            queue.add(new Over(null));
        } catch (Exception | Error e) {
            queue.add(new Over(e));
        }
    }

    /** The next event; fails when none comes for long, or the connection has ended. */
    Received next() {
        try {
            return nextOrOver();
        } catch (Over e) {
            throw new AssertionError("the connection has ended", e);
        }
    }

    /** The next event, or the end of the connection. */
    Received nextOrOver() throws Over {
        try {
            Object next = queue.poll(DEADLINE.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no event for " + DEADLINE);
            }
            if (next instanceof Over over) {
                queue.add(over);
                throw over;
            }
            return (Received) next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    List<Received> next(int count) {
        List<Received> events = new ArrayList<>();
        while (events.size() < count) {
            events.add(next());
        }
        return events;
    }

    /** Waits for the end of the connection; what came before it. */
    List<Received> rest() {
        List<Received> events = new ArrayList<>();
        try {
            while (true) {
                events.add(nextOrOver());
            }
        } catch (Over e) {
            return events;
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
