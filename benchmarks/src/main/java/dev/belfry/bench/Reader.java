package dev.belfry.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One client that reads so many events as fast as it can. */
final class Reader implements Runnable {
    private static final int READ_BYTES = 256 << 10;

    private final Target target;
    private final int events;
    private volatile long nanos;

    Reader(Target target, int events) {
        this.target = target;
        this.events = events;
    }

    @Override
    public void run() {
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()))) {
            long began = System.nanoTime();
            ByteBuffer request = target.subscribeRequest(0);
            while (request.hasRemaining()) {
                channel.write(request);
            }
            read(channel);
            nanos = System.nanoTime() - began;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(SocketChannel channel) throws IOException {
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

    double perSecond() {
        return events / (nanos / 1e9);
    }

    double millis() {
        return nanos / 1e6;
    }
}
