package dev.belfry.stream;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.Random;

/** Connections between a shard and clients that take bytes as they are told to. */
interface TestTransport extends AutoCloseable {
    /** One end of each connection, and the client at the other. */
    interface Line {
        /** The server's. */
        Channel channel();

        /** Lets the client take so many bytes more. On the event loop, or before the stream begins. */
        void open(long bytes);

        /** Lets the client take nothing more. On the event loop, or before the stream begins. */
        void shut();

        /** What the client has taken. */
        byte[] taken();

        /** How much that is. */
        int takenBytes();

        /** Checks that the server holds no buffer any more, once it is closed. */
        default void checkReleased() {}
    }

    /** Of all channels. */
    EventLoop loop();

    /** What can stand on these connections. */
    List<TestFormat> formats();

    /** How the shard should write to them, when it may write past the channel. */
    Class<? extends ChannelWriter> directWriter();

    Line connect(Random random);

    @Override
    void close();
}
