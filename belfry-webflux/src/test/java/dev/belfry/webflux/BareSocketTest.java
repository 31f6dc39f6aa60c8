package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class BareSocketTest {
    @Test
    void whatWaitsInTheChannelGoesFirstThoughItIsNotFlushedYet() {
        EmbeddedChannel channel = new EmbeddedChannel();
        assertThat(BareSocket.isFree(channel)).isTrue();
        channel.write(Unpooled.wrappedBuffer(new byte[1]));
        assertThat(BareSocket.isFree(channel)).isFalse();
        channel.flush();
        assertThat(BareSocket.isFree(channel)).isTrue();
        ByteBuf sent = channel.readOutbound();
        sent.release();
        channel.close();
        assertThat(BareSocket.isFree(channel)).isFalse();
    }

    @Test
    void aChannelWithoutASocketOfItsOwnIsWrittenTo() {
        assertThat(BareSocket.of(new EmbeddedChannel())).isNull();
    }
}
