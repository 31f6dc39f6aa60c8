package dev.belfry.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One client that reads so many events as fast as it can. */
final class Reader {
    private static final int READ_BYTES = 256 << 10;

    private Reader() {}

    /** How long that takes, from before its request to the last byte. */
    static double seconds(Target target, int events) throws IOException {
        long began = System.nanoTime();
        try (SocketChannel channel = Load.subscribed(target, 0)) {
            read(channel, events);
            return (System.nanoTime() - began) / 1e9;
        }
    }

    private static void read(SocketChannel channel, int events) throws IOException {
        Deliveries deliveries = new Deliveries(256 - Payload.HEAD_BYTES);
        SubscriberConnection connection = new SubscriberConnection(channel, 1, deliveries);
        ByteBuffer direct = ByteBuffer.allocateDirect(READ_BYTES);
        byte[] bytes = new byte[READ_BYTES];
        while (deliveries.count < events) {
            if (!connection.read(direct, bytes)) {
                throw new IOException("the stream ended after " + deliveries.count + " events");
            }
        }
        if (deliveries.outOfOrder > 0) {
            throw new IOException("out of order: " + deliveries.outOfOrder);
        }
    }
}
