package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DirectSocketWriterTest {
    @Test
    void whatWaitsInTheChannelGoesFirstThoughItIsNotFlushedYet() throws IOException {
        assumeTrue(Epoll.isAvailable());
        EmbeddedChannel channel = new EmbeddedChannel();
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        Socket socket = Socket.newSocketStream();
        try {
            assertThat(DirectSocketWriter.isFree(socket, waiting)).isTrue();
            channel.write(Unpooled.wrappedBuffer(new byte[1]));
            assertThat(DirectSocketWriter.isFree(socket, waiting)).isFalse();
            channel.flush();
            assertThat(DirectSocketWriter.isFree(socket, waiting)).isTrue();
            ByteBuf sent = channel.readOutbound();
            sent.release();
        } finally {
            socket.close();
        }
        // its number may be another connection's by now
        assertThat(DirectSocketWriter.isFree(socket, waiting)).isFalse();
        channel.close();
    }

    @Test
    void aChannelWithoutASocketOfItsOwnIsWrittenTo() {
        EmbeddedChannel channel = new EmbeddedChannel();
        assertThat(Subscriber.writerOf(channel, true)).isInstanceOf(PipelineWriter.class);
        channel.close();
    }
}
