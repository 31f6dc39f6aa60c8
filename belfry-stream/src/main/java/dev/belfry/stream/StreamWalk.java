package dev.belfry.stream;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Shows all subscribers of a shard to a visitor, in turns of about a millisecond between those of the shard. */
final class StreamWalk<V extends Consumer<Subscriber>> {
    private static final long TURN_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final int PART = 64;

    private final EventLoop loop;
    private final V visitor;
    private final CompletableFuture<V> done = new CompletableFuture<>();

    StreamWalk(EventLoop loop, V visitor) {
        this.loop = loop;
        this.visitor = visitor;
    }

    /** Completed with the visitor, on the event loop; at once when the loop has ended. */
    CompletableFuture<V> begin(Supplier<HeartbeatWheel.Walk> walk) {
        try {
            loop.execute(() -> goOn(walk.get()));
        } catch (RejectedExecutionException e) {
            done.complete(visitor);
        }
        return done;
    }

    private void goOn(HeartbeatWheel.Walk walk) {
        try {
            long endNanos = System.nanoTime() + TURN_NANOS;
            boolean isMore = true;
            while (isMore && System.nanoTime() - endNanos < 0) {
                isMore = walk.visit(PART, visitor);
            }
            if (isMore) {
                loop.schedule(() -> goOn(walk), 0, TimeUnit.NANOSECONDS);
            } else {
                done.complete(visitor);
            }
        } catch (Throwable e) {
            walk.end();
            done.completeExceptionally(e);
        }
    }
}
