package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Writes everything to the channel: under TLS, on transports without a socket of their own, or when direct writes are off. */
final class PipelineWriter extends ChannelWriter {
    PipelineWriter(ChannelHandlerContext ctx) {
        super(ctx);
    }

    @Override
    int sendDirectly(ByteBuf bytes) {
        return 0;
    }
}
