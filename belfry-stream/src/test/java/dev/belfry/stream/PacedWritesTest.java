package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.TapChannel;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacedWritesTest {
    private static final int PART = 64 << 10;
    private static final int LARGE = 1_000_000;

    private final EventLoop loop = new DefaultEventLoop();
    private final TapChannel channel = new TapChannel(32 << 10, 64 << 10);
    private final PacedWrites paced = new PacedWrites();
    private final List<ByteBuf> buffers = new ArrayList<>();

    PacedWritesTest() {
        loop.register(channel).syncUninterruptibly();
        channel.pipeline().addLast(paced);
    }

    @AfterEach
    void close() {
        channel.close().syncUninterruptibly();
        // A closed channel tells its handlers in later tasks: all have run when the loop has ended.
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(buffers).allMatch(buffer -> buffer.refCnt() == 0);
    }

    private <T> T call(Callable<T> task) {
        try {
            return loop.submit(task).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private ChannelFuture write(int size, int value) {
        byte[] bytes = new byte[size];
        java.util.Arrays.fill(bytes, (byte) value);
        ByteBuf buffer = Unpooled.directBuffer(size).writeBytes(bytes);
        buffers.add(buffer);
        return channel.writeAndFlush(buffer);
    }

    private long waitingBelow() {
        return channel.unsafe().outboundBuffer().totalPendingWriteBytes();
    }

    @Test
    void aClientThatTakesNothingHasOnePartBelowAndTheChannelHasNoRoom() {
        call(() -> {
            channel.shut();
            write(LARGE, 1);
            return 0;
        });
        assertThat(call(this::waitingBelow)).isBetween((long) PART, PART + 1000L);
        assertThat(call(channel::isWritable)).isFalse();
    }

    @Test
    void allComesInOrderWhenItIsTakenAndThenThereIsRoom() {
        List<ChannelFuture> written = call(() -> {
            channel.shut();
            List<ChannelFuture> writes = List.of(write(10, 1), write(LARGE, 2), write(10, 3), write(LARGE, 4));
            channel.open(3 * PART);
            channel.open(Long.MAX_VALUE);
            return writes;
        });
        written.forEach(ChannelFuture::syncUninterruptibly);
        byte[] taken = channel.taken();
        assertThat(taken).hasSize(2 * LARGE + 20);
        for (int i = 1; i < taken.length; i++) {
            assertThat(taken[i]).isGreaterThanOrEqualTo(taken[i - 1]);
        }
        assertThat(call(channel::isWritable)).isTrue();
    }

    @Test
    void whatWaitsIsReleasedWithTheChannel() {
        ChannelFuture write = call(() -> {
            channel.shut();
            return write(LARGE, 1);
        });
        channel.close().syncUninterruptibly();
        assertThat(write.awaitUninterruptibly().isSuccess()).isFalse();
    }

    @Test
    void whatWaitsGoesOnWithoutIt() {
        call(() -> {
            channel.shut();
            write(LARGE, 1);
            channel.pipeline().remove(paced);
            channel.openSilently();
            channel.flush();
            return 0;
        });
        assertThat(channel.taken()).hasSize(LARGE);
    }
}
