package dev.belfry.attack.stage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;

/** A stranger's connection: sends what is prepared, and reads and forgets what comes, or reads nothing. */
public final class Stranger {
    /** What one write hands to the kernel: Java copies as much as it is given. */
    private static final int PIECE_BYTES = 64 << 10;

    /** So that what is not read fills up soon. */
    private static final int SMALL_RECEIVE_BUFFER = 16 << 10;

    /** In the queue: nothing behind it is sent before something has come. */
    private static final ByteBuffer ANSWER = ByteBuffer.allocate(0);

    private final SocketChannel channel;
    private final SelectionKey key;
    private final boolean reads;
    private final Deque<ByteBuffer> queue = new ArrayDeque<>();
    private boolean isAnswered;
    private int status;

    Stranger(int port, boolean reads, Selector selector) throws IOException {
        this.reads = reads;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        if (!reads) {
            channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_RECEIVE_BUFFER);
        }
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
    }

    /** Sends these bytes behind what is queued; they are not copied. */
    public Stranger send(byte[] bytes) {
        queue.add(ByteBuffer.wrap(bytes));
        isAnswered = false;
        wantMore();
        return this;
    }

    /** What is sent from here on waits until the server has said something. */
    public Stranger awaitAnswer() {
        queue.add(ANSWER);
        return this;
    }

    /** Whether something has come since the last {@link #send}, and nothing waits to be sent. */
    public boolean isAnswered() {
        return isAnswered && queue.isEmpty();
    }

    /** Whether nothing waits to be sent. */
    public boolean hasSentAll() {
        return queue.isEmpty();
    }

    /** Of the last answer whose head was read; 0 before. */
    public int status() {
        return status;
    }

    public boolean isOpen() {
        return channel.isOpen();
    }

    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed, whatever the kernel says
        }
    }

    /** Ends the connection with a reset. */
    public void reset() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // it has ended already
        }
        close();
    }

    private boolean waitsForAnswer() {
        ByteBuffer next = queue.peek();
        return next != null && next.capacity() == 0;
    }

    private void wantMore() {
        if (key.isValid() && channel.isConnected()) {
            boolean waits = waitsForAnswer();
            int write = queue.isEmpty() || waits ? 0 : SelectionKey.OP_WRITE;
            key.interestOps(write | (reads || waits ? SelectionKey.OP_READ : 0));
        }
    }

    void ready(ByteBuffer scratch) {
        try {
            if (key.isConnectable()) {
                channel.finishConnect();
            }
            if (key.isReadable()) {
                read(scratch);
            }
            write();
            wantMore();
        } catch (IOException e) {
            close();
        }
    }

    private void read(ByteBuffer scratch) throws IOException {
        scratch.clear();
        int count = channel.read(scratch);
        if (count < 0) {
            close();
            return;
        }
        isAnswered = true;
        noteStatus(scratch);
        if (waitsForAnswer()) {
            queue.remove();
        }
    }

    private void noteStatus(ByteBuffer scratch) {
        if (scratch.position() >= 12 && scratch.get(0) == 'H' && scratch.get(4) == '/') {
            byte[] line = new byte[12];
            scratch.get(0, line);
            status = Integer.parseInt(new String(line, ISO_8859_1).substring(9));
        }
    }

    private void write() throws IOException {
        while (channel.isOpen() && !queue.isEmpty() && !waitsForAnswer()) {
            ByteBuffer next = queue.element();
            int end = next.limit();
            next.limit(Math.min(end, next.position() + PIECE_BYTES));
            int before = next.position();
            channel.write(next);
            boolean isFull = next.hasRemaining() || next.position() == before;
            next.limit(end);
            if (!next.hasRemaining()) {
                queue.remove();
            } else if (isFull) {
                return;
            }
        }
    }
}
