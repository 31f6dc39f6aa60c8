package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.stream.MemoryBudget;
import dev.belfry.testkit.TapChannel;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WriteWatchTest {
    private static final long STALL = TimeUnit.MINUTES.toNanos(2);

    private final EventLoop loop = new DefaultEventLoop();
    private final TapChannel channel = new TapChannel(100, 200);

    /** It does not look by itself in the time that a test takes. */
    private final WriteWatch watch = new WriteWatch(new WriteWatches(Duration.ofHours(10), MemoryBudget.ofHeap()));

    private final AtomicInteger reads = new AtomicInteger();

    WriteWatchTest() {
        loop.register(channel).syncUninterruptibly();
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext ctx) {
                reads.incrementAndGet();
                ctx.read();
            }
        });
        channel.pipeline().addLast(watch);
    }

    @AfterEach
    void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private <T> T call(Callable<T> task) {
        try {
            return loop.submit(task).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void run(Runnable task) {
        call(() -> {
            task.run();
            return 0;
        });
    }

    private void answer(int bytes) {
        run(() -> channel.writeAndFlush(Unpooled.directBuffer().writeZero(bytes)));
    }

    private void look(long nanos) {
        run(() -> watch.look(nanos, STALL));
    }

    @Test
    void aClientThatTakesNothingIsCutOff() {
        run(channel::shut);
        answer(10);
        look(0);
        look(STALL - 1);
        assertThat(channel.isOpen()).isTrue();
        look(STALL);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aClientThatTakesABitNowAndThenIsNot() {
        run(channel::shut);
        answer(100);
        for (int i = 0; i < 10; i++) {
            look(i * (STALL - 1));
            run(() -> channel.open(1));
        }
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void anIdleClientIsNot() {
        answer(100);
        look(0);
        look(STALL);
        look(2 * STALL);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void anAnswerThatWasTakenIsForgottenForTheNextOne() {
        run(channel::shut);
        answer(10);
        look(0);
        run(() -> channel.open(10));
        look(STALL);
        answer(10);
        look(2 * STALL);
        look(3 * STALL - 1);
        assertThat(channel.isOpen()).isTrue();
        look(3 * STALL);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void noRequestIsReadWhileMuchWaitsForTheClient() {
        run(channel::read);
        int before = reads.get();
        run(channel::shut);
        answer(1000);
        run(channel::read);
        run(channel::read);
        assertThat(reads).hasValue(before);
        run(() -> channel.open(1000));
        assertThat(reads).hasValue(before + 1);
        run(channel::read);
        assertThat(reads).hasValue(before + 2);
    }

    @Test
    void itLooksByItself() {
        TapChannel deaf = new TapChannel(100, 200);
        loop.register(deaf).syncUninterruptibly();
        deaf.pipeline().addLast(new WriteWatch(new WriteWatches(Duration.ofMillis(20), MemoryBudget.ofHeap())));
        run(deaf::shut);
        run(() -> deaf.writeAndFlush(Unpooled.directBuffer().writeZero(10)));
        assertThat(deaf.closeFuture().awaitUninterruptibly(10, TimeUnit.SECONDS))
                .isTrue();
    }
}
