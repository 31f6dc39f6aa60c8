package dev.belfry.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One publisher on a kept-alive connection: one request at a time, the next when the answer is there. */
final class PublisherConnection {
    private static final byte[] STATUS = {'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '2', '0'};

    final SocketChannel channel;
    final int number;
    long sent;
    long answered;
    private final Target target;
    private final Payload payload;
    private final byte[] answer = new byte[64 << 10];
    private int answerLength;

    PublisherConnection(SocketChannel channel, int number, Target target, Payload payload) {
        this.channel = channel;
        this.number = number;
        this.target = target;
        this.payload = payload;
    }

    private int topics;
    private int step = 1;

    /** Posts to as many topics in turn, beginning with its own number, instead of always the same. */
    void spreadOver(int topics, int step) {
        this.topics = topics;
        this.step = step;
    }

    private int topic() {
        return topics == 0 ? number : (int) ((number + sent * step) % topics);
    }

    boolean isIdle() {
        return sent == answered;
    }

    /** @param nanos when it was meant to be sent */
    void publish(long nanos) throws IOException {
        ByteBuffer request = target.publishRequest(topic(), payload.of(number, sent, nanos));
        while (request.hasRemaining()) {
            channel.write(request);
        }
        sent++;
    }

    /** Reads what is there of the answer; true when that is whole. */
    boolean read() throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(answer, answerLength, answer.length - answerLength);
        int n = channel.read(buffer);
        if (n < 0) {
            throw new IOException("the server closed the connection of a publisher");
        }
        answerLength += n;
        int end = HttpAnswer.end(answer, answerLength);
        if (end < 0) {
            return false;
        }
        for (int i = 0; i < STATUS.length; i++) {
            if (answer[i] != STATUS[i]) {
                throw new IOException("not published: "
                        + new String(answer, 0, answerLength, java.nio.charset.StandardCharsets.US_ASCII));
            }
        }
        answerLength = 0;
        answered++;
        return true;
    }
}
