package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.TapChannel;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Channels of the test's own, which take exactly as many bytes as they are told to. */
final class TapTransport implements TestTransport {
    private final EventLoop loop = new DefaultEventLoop();

    private record TapLine(TapChannel channel) implements Line {
        @Override
        public void open(long bytes) {
            channel.open(bytes);
        }

        @Override
        public void shut() {
            channel.shut();
        }

        @Override
        public byte[] taken() {
            return channel.taken();
        }

        @Override
        public int takenBytes() {
            return channel.taken().length;
        }

        @Override
        public void checkReleased() {
            assertThat(channel.written)
                    .allSatisfy(buffer -> assertThat(buffer.refCnt()).isZero());
        }
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public List<TestFormat> formats() {
        return List.of(TestFormat.NDJSON_TO_END, TestFormat.SSE_CHUNKED, TestFormat.SSE_TO_END, TestFormat.WEBSOCKET);
    }

    @Override
    public Class<? extends ChannelWriter> directWriter() {
        return PipelineWriter.class;
    }

    @Override
    public Line connect(Random random) {
        int low = 1 << (5 + random.nextInt(11));
        TapChannel channel = new TapChannel(low, low * 2);
        loop.register(channel).syncUninterruptibly();
        return new TapLine(channel);
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
