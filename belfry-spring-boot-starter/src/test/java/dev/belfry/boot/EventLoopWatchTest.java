package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopWatchTest {
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final EventLog log = new InMemoryEventLog();
    private final Hub hub = new Hub(log, (what, cause) -> told.add(what));
    private final EventLoopWatch watch = new EventLoopWatch(() -> hub);
    private final EventLoop loop = new DefaultEventLoop();

    @AfterEach
    void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        hub.close();
        log.close();
    }

    @Test
    void anEventLoopThatEndsWhileNothingIsShutDownIsFatal() {
        watch.watch(loop);
        watch.watch(loop);
        assertThat(hub.hasFailed()).isFalse();

        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS);

        await().untilAsserted(() -> assertThat(told).containsExactly("event loop"));
        assertThat(hub.hasFailed()).isTrue();
    }

    @Test
    void theEndOfAnEventLoopBelongsToAShutdown() {
        watch.watch(loop);
        hub.drain();

        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();

        assertThat(hub.hasFailed()).isFalse();
        assertThat(told).isEmpty();
    }
}
