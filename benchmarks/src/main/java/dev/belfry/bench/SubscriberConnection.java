package dev.belfry.bench;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** One subscriber: finds the payloads in what it reads, whatever frames them, and checks that none is missing or twice. */
final class SubscriberConnection {
    private static final int SEEK = 0;
    private static final int MARKED = 1;
    private static final int IN_HEAD = 2;

    final SocketChannel channel;
    private final Deliveries deliveries;
    private final long[] last;
    private final byte[] head = new byte[Payload.HEAD_BYTES - 2];
    private int state = SEEK;
    private int headLength;
    private int skip;
    long received;

    /** Less for one who reads much beside others, whose latency is measured on the same thread. */
    int maxReadBytes = Integer.MAX_VALUE;

    SubscriberConnection(SocketChannel channel, int publishers, Deliveries deliveries) {
        this.channel = channel;
        this.deliveries = deliveries;
        last = new long[publishers];
        Arrays.fill(last, -1);
    }

    /** Reads once, what fits; false at the end of the stream, or when the server has reset it. */
    boolean read(ByteBuffer direct, byte[] bytes) throws IOException {
        direct.clear().limit(Math.min(direct.capacity(), maxReadBytes));
        int n;
        try {
            n = channel.read(direct);
        } catch (SocketException reset) {
            return false;
        }
        if (n <= 0) {
            return n == 0;
        }
        direct.flip();
        direct.get(bytes, 0, n);
        scan(bytes, n, System.nanoTime());
        return true;
    }

    private void scan(byte[] bytes, int n, long now) {
        int i = Math.min(skip, n);
        skip -= i;
        while (i < n) {
            byte b = bytes[i];
            if (state == SEEK) {
                state = b == Payload.MARK_1 ? MARKED : SEEK;
                i++;
            } else if (state == MARKED) {
                state = b == Payload.MARK_2 ? IN_HEAD : SEEK;
                headLength = 0;
                i++;
            } else {
                int part = Math.min(head.length - headLength, n - i);
                System.arraycopy(bytes, i, head, headLength, part);
                headLength += part;
                i += part;
                if (headLength == head.length) {
                    state = SEEK;
                    delivered(now);
                    skip = deliveries.padding;
                    int skipped = Math.min(skip, n - i);
                    i += skipped;
                    skip -= skipped;
                }
            }
        }
    }

    private void delivered(long now) {
        int publisher = (int) number(0, Payload.PUBLISHER_DIGITS);
        if (publisher >= last.length) {
            // of a load before this one, whose last events came late
            return;
        }
        long count = number(Payload.PUBLISHER_DIGITS, Payload.COUNT_DIGITS);
        long nanos = number(Payload.PUBLISHER_DIGITS + Payload.COUNT_DIGITS, Payload.NANOS_DIGITS);
        if (count != last[publisher] + 1 && last[publisher] >= 0) {
            deliveries.outOfOrder++;
        }
        last[publisher] = count;
        received++;
        deliveries.add(now - nanos);
    }

    private long number(int from, int digits) {
        long value = 0;
        for (int i = from; i < from + digits; i++) {
            value = value * 10 + head[i] - '0';
        }
        return value;
    }
}
