package dev.belfry.boot;

import dev.belfry.Hub;
import io.netty.channel.EventLoop;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Notices when an event loop ends though nothing is being shut down: Netty lets one end when an error of the virtual machine
 * reaches it. Its connections are dead then, and so is each new one that falls to it.
 */
final class EventLoopWatch {
    private final Supplier<Hub> hub;
    private final Set<EventLoop> watched = ConcurrentHashMap.newKeySet();

    /** @param hub asked for when there is a connection: a web server that is refused its address opens no log */
    EventLoopWatch(Supplier<Hub> hub) {
        this.hub = hub;
    }

    /** Watches the loop of a connection, if it is not watched yet. */
    void watch(EventLoop loop) {
        if (!watched.contains(loop) && watched.add(loop)) {
            Hub ofIt = hub.get();
            loop.terminationFuture().addListener(ended -> ended(loop, ofIt));
        }
    }

    private void ended(EventLoop loop, Hub hub) {
        watched.remove(loop);
        if (!hub.isDraining()) {
            hub.fail("event loop", new IllegalStateException("an event loop has ended"));
        }
    }
}
