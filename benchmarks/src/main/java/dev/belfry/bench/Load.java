package dev.belfry.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

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
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All connections of one run, on the thread that calls it. */
final class Load implements AutoCloseable {
    private static final int READ_BYTES = 256 << 10;
    private static final int REPLAY_READ_BYTES = 32 << 10;
    private static final Duration DRAIN = Duration.ofSeconds(10);
    private static final Pattern ID = Pattern.compile("(?:^|\n)id: ?([^\r\n]+)\r?\n");

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
            SocketChannel channel = subscribed(target, i);
            if (target.answersAtOnce()) {
                awaitHead(channel);
            }
            channel.configureBlocking(false);
            SubscriberConnection subscriber = new SubscriberConnection(channel, publisherCount, deliveries);
            subscribers.add(subscriber);
            channel.register(selector, SelectionKey.OP_READ, subscriber);
        }
        pump(target.answersAtOnce() ? Duration.ofMillis(300) : Duration.ofSeconds(3));
    }

    /** A blocking connection that has asked, and not read anything yet. */
    static SocketChannel subscribed(Target target, int subscriber) throws IOException {
        SocketChannel channel = connect(target);
        ByteBuffer request = target.subscribeRequest(subscriber);
        while (request.hasRemaining()) {
            channel.write(request);
        }
        return channel;
    }

    private static SocketChannel connect(Target target) throws IOException {
        SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private void awaitHead(SocketChannel channel) throws IOException {
        if (target.isHttp2()) {
            // the stream's own first bytes, behind the frames of the connection
            ByteBuffer any = ByteBuffer.allocate(4096);
            while (!new String(any.array(), 0, any.position(), US_ASCII).contains("retry:")) {
                if (channel.read(any) < 0) {
                    throw new IOException("the server closed the connection of a subscriber");
                }
            }
            return;
        }
        ByteBuffer head = ByteBuffer.allocate(4096);
        while (HttpAnswer.headEnd(head.array(), head.position()) < 0) {
            if (channel.read(head) < 0) {
                throw new IOException("the server closed the connection of a subscriber");
            }
        }
        String status = new String(head.array(), 0, 12, US_ASCII);
        if (!status.endsWith("200") && !status.endsWith("101")) {
            throw new IOException("not subscribed: " + status);
        }
    }

    void addPublishers(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = connect(target);
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
        run(warmUp, true);
        long before = deliveries.count;
        long answeredBefore = answered();
        long began = System.nanoTime();
        run(measured, true);
        double seconds = (System.nanoTime() - began) / 1e9;
        double perSecond = (deliveries.count - before) / seconds;
        double published = (answered() - answeredBefore) / seconds;
        return result(perSecond, published);
    }

    /** As {@link #closedLoop}, but the publishers share the topics, of which each has one subscriber. */
    Result closedLoopOneEach(Duration warmUp, Duration measured) throws IOException {
        publishers.forEach(publisher -> publisher.spreadOver(subscribers.size(), publishers.size()));
        for (PublisherConnection publisher : publishers) {
            publisher.publish(System.nanoTime());
        }
        run(warmUp, true);
        long answeredBefore = answered();
        long began = System.nanoTime();
        run(measured, true);
        double published = (answered() - answeredBefore) / ((System.nanoTime() - began) / 1e9);
        long end = System.nanoTime() + DRAIN.toNanos();
        while (System.nanoTime() < end && deliveries.count < sent()) {
            select(50, false);
        }
        boolean complete = deliveries.count == sent();
        return new Result(published, published, deliveries.latencyNanos, complete ? 0 : 1, 0, lostConnections);
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

    /**
     * As {@link #openLoop}, for as long as other clients, one after the other, need to read many events each. On this thread
     * too, and in small pieces: a thread of its own would take the processor from those whose latency is measured.
     */
    Beside openLoopBeside(Target replayed, int events, int clients, int perSecond) throws IOException {
        deliveries.recordsLatency = true;
        deliveries.latencyNanos.reset();
        long began = System.nanoTime();
        for (int i = 0; i < clients; i++) {
            replay(replayed, events, perSecond);
        }
        double secondsEach = (System.nanoTime() - began) / 1e9 / clients;
        return new Beside(result(0, perSecond), secondsEach);
    }

    /** What the live ones got, and how long each of the others took. */
    record Beside(Result live, double secondsEach) {}

    private void replay(Target replayed, int events, int perSecond) throws IOException {
        Deliveries ofReplay = new Deliveries(payload.padding());
        try (SocketChannel channel = subscribed(replayed, 0)) {
            channel.configureBlocking(false);
            SubscriberConnection reader = new SubscriberConnection(channel, 1, ofReplay);
            reader.maxReadBytes = REPLAY_READ_BYTES;
            channel.register(selector, SelectionKey.OP_READ, reader);
            atRate(next -> ofReplay.count < events && lostConnections == 0, perSecond);
        }
        if (ofReplay.outOfOrder > 0) {
            throw new IOException("void: out of order " + ofReplay.outOfOrder);
        }
    }

    /** Publishes so many events, one after the other. */
    void publish(int events) throws IOException {
        for (int i = 0; i < events; i++) {
            publishers.get(0).publish(System.nanoTime());
            while (!publishers.get(0).isIdle()) {
                select(100, false);
            }
        }
    }

    /** Publishes one event and tells the id that it had on a stream of its own. */
    String idOfOneEvent() throws IOException {
        try (SocketChannel channel = subscribed(target, 0)) {
            awaitHead(channel);
            publish(1);
            ByteBuffer read = ByteBuffer.allocate(READ_BYTES);
            while (true) {
                if (channel.read(read) < 0) {
                    throw new IOException("no id");
                }
                Matcher id = ID.matcher(new String(read.array(), 0, read.position(), US_ASCII));
                if (id.find()) {
                    return id.group(1).trim();
                }
            }
        }
    }

    /**
     * Connects all at once, each at a cursor, while publishing goes on.
     *
     * @param behind how many events each has missed
     * @return seconds until each had them; infinite when that took longer than {@code limit}, NaN when one was lost
     */
    double storm(int count, int behind, int perSecond, Duration limit) throws IOException {
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port()));
            SubscriberConnection subscriber = new SubscriberConnection(channel, 1, deliveries);
            subscribers.add(subscriber);
            channel.register(selector, SelectionKey.OP_CONNECT, subscriber);
            if (i % 64 == 0) {
                select(0, false);
            }
        }
        long next = System.nanoTime();
        while (subscribers.stream().anyMatch(s -> s.received < behind)) {
            long slice = System.nanoTime() + 50_000_000;
            while (System.nanoTime() < slice) {
                if (System.nanoTime() >= next && publishers.get(0).isIdle()) {
                    publishers.get(0).publish(next);
                    next += 1_000_000_000L / perSecond;
                }
                select(1, false);
            }
            if (System.nanoTime() - began > limit.toNanos() || lostConnections > 0) {
                Progress.say("  not caught up: "
                        + subscribers.stream().filter(s -> s.received < behind).count() + " subscribers, cut off: "
                        + lostConnections);
                return Double.POSITIVE_INFINITY;
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        drain(behind);
        long expected = behind + sent();
        long incomplete =
                subscribers.stream().filter(s -> s.received != expected).count();
        // once for each: where the count of the publisher before ends and that of this one begins
        boolean isVoid = incomplete > 0 || deliveries.outOfOrder > subscribers.size();
        if (isVoid) {
            Progress.say("  VOID: incomplete=" + incomplete + " outOfOrder=" + deliveries.outOfOrder + " lost="
                    + lostConnections + " expected=" + expected + " fewest="
                    + subscribers.stream().mapToLong(s -> s.received).min().orElse(0));
        }
        return isVoid ? Double.NaN : seconds;
    }

    private void atRate(Duration duration, int perSecond) throws IOException {
        long end = System.nanoTime() + duration.toNanos();
        atRate(next -> next < end, perSecond);
    }

    /** @param goesOn is asked with the time that the next event is meant to be sent at */
    private void atRate(LongPredicate goesOn, int perSecond) throws IOException {
        long interval = 1_000_000_000L / perSecond;
        long next = System.nanoTime();
        while (goesOn.test(next)) {
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
        drain(0);
        long expected = sent();
        long incomplete =
                subscribers.stream().filter(s -> s.received != expected).count();
        return new Result(
                perSecond,
                published,
                deliveries.latencyNanos.copy(),
                incomplete,
                deliveries.outOfOrder,
                lostConnections);
    }

    private long sent() {
        return publishers.stream().mapToLong(p -> p.sent).sum();
    }

    /** Waits until every subscriber has every event, and what it had missed. */
    private void drain(int behind) throws IOException {
        long end = System.nanoTime() + DRAIN.toNanos();
        long expected = behind + sent();
        while (System.nanoTime() < end
                && lostConnections < Math.max(1, subscribers.size())
                && (publishers.stream().anyMatch(p -> !p.isIdle())
                        || subscribers.stream().anyMatch(s -> s.received < expected))) {
            select(50, false);
        }
    }

    private long answered() {
        return publishers.stream().mapToLong(p -> p.answered).sum();
    }

    void pump(Duration duration) throws IOException {
        run(duration, false);
    }

    private void run(Duration duration, boolean publishing) throws IOException {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            select(10, publishing);
        }
    }

    private void select(long timeoutMillis, boolean publishing) throws IOException {
        if (timeoutMillis == 0) {
            selector.selectNow();
        } else {
            selector.select(timeoutMillis);
        }
        for (SelectionKey key : selector.selectedKeys()) {
            if (key.attachment() instanceof SubscriberConnection subscriber) {
                if (key.isConnectable()) {
                    finishConnect(key, subscriber);
                } else if (!subscriber.read(direct, bytes)) {
                    lose(key);
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

    private void finishConnect(SelectionKey key, SubscriberConnection subscriber) throws IOException {
        try {
            subscriber.channel.finishConnect();
            subscriber.channel.write(target.subscribeRequest(0));
            key.interestOps(SelectionKey.OP_READ);
        } catch (IOException e) {
            lose(key);
        }
    }

    /** A channel without a key is not closed with the selector's, and would keep its descriptor. */
    private void lose(SelectionKey key) throws IOException {
        lostConnections++;
        key.channel().close();
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
