package dev.belfry.attack.stage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A connection of an honest client: one request at a time, whose answer is told as it comes. */
final class HonestConnection {
    /** Who asked. All calls come from the honest clients' thread. */
    interface Asker {
        /** More of the answer has come; the connection is free again when it is complete. */
        void more(HonestConnection connection, AnswerReader answer);

        /** The connection has ended in the middle of the answer, or in front of it. */
        void broken(HonestConnection connection);
    }

    private final SocketChannel channel;
    private final SelectionKey key;
    private ByteBuffer request = ByteBuffer.allocate(0);
    private AnswerReader answer = new AnswerReader();
    private final Asker asker;
    private boolean isBusy;

    /** Connects; the asker hears of it when that fails and something was asked. */
    HonestConnection(int port, Selector selector, Asker asker) throws IOException {
        this.asker = asker;
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        if (channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    void ask(byte[] bytes) {
        request = ByteBuffer.wrap(bytes);
        answer = new AnswerReader();
        isBusy = true;
        if (channel.isConnected()) {
            attempt(this::write);
        }
    }

    void ready(ByteBuffer scratch) {
        attempt(() -> {
            if (key.isConnectable()) {
                channel.finishConnect();
            }
            write();
            if (key.isReadable()) {
                read(scratch);
            }
        });
    }

    private void attempt(IoAction action) {
        try {
            action.run();
        } catch (IOException e) {
            breakOff();
        }
    }

    private void write() throws IOException {
        channel.write(request);
        key.interestOps(SelectionKey.OP_READ | (request.hasRemaining() ? SelectionKey.OP_WRITE : 0));
    }

    private void read(ByteBuffer scratch) throws IOException {
        int count = channel.read(scratch.clear());
        if (count < 0) {
            throw new IOException("ended");
        }
        answer.take(scratch.flip());
        isBusy = !answer.isComplete();
        asker.more(this, answer);
    }

    private void breakOff() {
        close();
        if (isBusy) {
            isBusy = false;
            asker.broken(this);
        }
    }

    boolean isFree() {
        return channel.isOpen() && !isBusy;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // it is closed, whatever the kernel says
        }
    }
}
