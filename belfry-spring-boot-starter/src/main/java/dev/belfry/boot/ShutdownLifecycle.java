package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.stream.StreamRegistry;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * Ends what has no end of its own before the web server begins to wait for the end of its requests. The log is closed last
 * of all, with its bean.
 */
final class ShutdownLifecycle implements SmartLifecycle {
    private final Hub hub;
    private final StreamRegistry streams;
    private volatile boolean running;

    ShutdownLifecycle(Hub hub, StreamRegistry streams) {
        this.hub = hub;
        this.streams = streams;
    }

    @Override
    public int getPhase() {
        // of two phases the higher one stops first
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 1;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        hub.drain();
        streams.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** A hub that has drained does not start again. */
    @Override
    public boolean isPauseable() {
        return false;
    }
}
