package dev.belfry.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All connections of one run, on the thread that calls it. */
final class Load implements AutoCloseable {
    private static final int READ_BYTES = 256 << 10;
    private static final Duration DRAIN = Duration.ofSeconds(20);

    private final Target target;
    private final Payload payload;
    private final Selector selector;
    private final Deliveries deliveries;
    private final List<SubscriberConnection> subscribers = new ArrayList<>();
    private final List<PublisherConnection> publishers = new ArrayList<>();
    private final ByteBuffer direct = ByteBuffer.allocateDirect(READ_BYTES);
    private final byte[] bytes = new byte[READ_BYTES];
    private long lostConnections;

    Load(Target target, int payloadBytes) throws IOException {
        this.target = target;
        payload = new Payload(payloadBytes);
        deliveries = new Deliveries(payload.padding());
        selector = Selector.open();
    }

    /** Opens subscribers one after the other and waits until each has its headers, and a little for what follows them. */
    void subscribe(int count, int publisherCount) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = connect();
            ByteBuffer request = target.subscribeRequest(i);
            while (request.hasRemaining()) {
                channel.write(request);
            }
            awaitHead(channel);
            channel.configureBlocking(false);
            SubscriberConnection subscriber = new SubscriberConnection(channel, publisherCount, deliveries);
            subscribers.add(subscriber);
            channel.register(selector, SelectionKey.OP_READ, subscriber);
        }
        pump(Duration.ofMillis(300));
    }

    private SocketChannel connect() throws IOException {
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private void awaitHead(SocketChannel channel) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(4096);
        while (HttpAnswer.headEnd(head.array(), head.position()) < 0) {
            if (channel.read(head) < 0) {
                throw new IOException("the server closed the connection of a subscriber");
            }
        }
        String status = new String(head.array(), 0, 12, java.nio.charset.StandardCharsets.US_ASCII);
        if (!status.endsWith("200") && !status.endsWith("101")) {
            throw new IOException("not subscribed: " + status);
        }
    }

    void addPublishers(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = connect();
            channel.configureBlocking(false);
            PublisherConnection publisher = new PublisherConnection(channel, i, target, payload);
            publishers.add(publisher);
            channel.register(selector, SelectionKey.OP_READ, publisher);
        }
    }

    /** Every publisher posts as soon as it is answered: first to warm up, then measured. */
    Result closedLoop(Duration warmUp, Duration measured) throws IOException {
        for (PublisherConnection publisher : publishers) {
            publisher.publish(System.nanoTime());
        }
        run(warmUp, Long.MAX_VALUE, true);
        long before = deliveries.count;
        long answeredBefore = answered();
        long began = System.nanoTime();
        run(measured, Long.MAX_VALUE, true);
        double seconds = (System.nanoTime() - began) / 1e9;
        double perSecond = (deliveries.count - before) / seconds;
        double published = (answered() - answeredBefore) / seconds;
        return result(perSecond, published);
    }

    /** Events at a fixed rate, whatever the server does: the time of each counts from when it was meant to be sent. */
    Result openLoop(Duration warmUp, Duration measured, int perSecond) throws IOException {
        atRate(warmUp, perSecond);
        deliveries.recordsLatency = true;
        deliveries.latencyNanos.reset();
        long before = deliveries.count;
        long began = System.nanoTime();
        atRate(measured, perSecond);
        double seconds = (System.nanoTime() - began) / 1e9;
        return result((deliveries.count - before) / seconds, perSecond);
    }

    private void atRate(Duration duration, int perSecond) throws IOException {
        long interval = 1_000_000_000L / perSecond;
        long next = System.nanoTime();
        long end = next + duration.toNanos();
        while (next < end) {
            for (PublisherConnection publisher : publishers) {
                if (System.nanoTime() >= next && publisher.isIdle()) {
                    publisher.publish(next);
                    next += interval;
                }
            }
            select(Math.max(1, (next - System.nanoTime()) / 1_000_000), false);
        }
    }

    private Result result(double perSecond, double published) throws IOException {
        drain();
        long expected = publishers.stream().mapToLong(p -> p.sent).sum();
        long incomplete =
                subscribers.stream().filter(s -> s.received != expected).count();
        return new Result(
                perSecond, published, deliveries.latencyNanos, incomplete, deliveries.outOfOrder, lostConnections);
    }

    /** Waits until every subscriber has every event. */
    private void drain() throws IOException {
        long end = System.nanoTime() + DRAIN.toNanos();
        long expected = publishers.stream().mapToLong(p -> p.sent).sum();
        while (System.nanoTime() < end
                && (publishers.stream().anyMatch(p -> !p.isIdle())
                        || subscribers.stream().anyMatch(s -> s.received < expected))) {
            select(50, false);
        }
    }

    private long answered() {
        return publishers.stream().mapToLong(p -> p.answered).sum();
    }

    void pump(Duration duration) throws IOException {
        run(duration, Long.MAX_VALUE, false);
    }

    private void run(Duration duration, long maxEvents, boolean publishing) throws IOException {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end && deliveries.count < maxEvents) {
            select(10, publishing);
        }
    }

    private void select(long timeoutMillis, boolean publishing) throws IOException {
        selector.select(timeoutMillis);
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() instanceof SubscriberConnection subscriber) {
                if (!subscriber.read(direct, bytes)) {
                    lostConnections++;
                    key.cancel();
                }
            } else {
                PublisherConnection publisher = (PublisherConnection) key.attachment();
                if (publisher.read() && publishing) {
                    publisher.publish(System.nanoTime());
                }
            }
        }
        selector.selectedKeys().clear();
    }

    int open() {
        return (int) (subscribers.size() - lostConnections);
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
