package dev.belfry.stream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Sockets of the loopback with small buffers, and clients that read as they are told to. */
class SocketTransport implements TestTransport {
    /** Little, but more than a segment of the loopback: with less, each read would wait for a timer of TCP. */
    private static final int RECEIVE_BUFFER_BYTES = 96 << 10;

    private static final int SEND_BUFFER_BYTES = 16 << 10;

    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();
    private final Channel server;

    SocketTransport() {
        server = new ServerBootstrap()
                .group(group)
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER_BYTES)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        initialize(channel);
                        accepted.add(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    /** Puts handlers on the server's end of a connection. */
    void initialize(Channel channel) {}

    /** A client's socket, and the server's channel of the same connection. */
    record Connection(SocketChannel socket, Channel channel, ByteBuffer bytes) {
        Connection(SocketChannel socket, Channel channel) {
            this(socket, channel, ByteBuffer.allocate(1 << 16));
        }

        /** Reads what is there, {@code max} bytes at most. */
        byte[] read(long max) {
            bytes.clear().limit((int) Math.min(max, bytes.capacity()));
            try {
                while (bytes.hasRemaining() && socket.read(bytes) > 0) {
                    // there may be more
                }
            } catch (IOException e) {
                // reset: there is no more
            }
            byte[] copy = new byte[bytes.flip().remaining()];
            bytes.get(copy);
            return copy;
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    final Connection open() {
        try {
            SocketChannel socket = SocketChannel.open();
            socket.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
            // or each update of a window would wait until the one before is acknowledged
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.connect((InetSocketAddress) server.localAddress());
            socket.configureBlocking(false);
            return new Connection(socket, next(accepted));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static <T> T next(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(30, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Random marks, at which the channel has room and has none. */
    static void setWaterMarks(Channel channel, Random random) {
        int low = 1 << (5 + random.nextInt(11));
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(low, low * 2));
    }

    private static final class SocketLine implements Line {
        private final Connection connection;
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private long room = Long.MAX_VALUE;

        SocketLine(Connection connection) {
            this.connection = connection;
        }

        @Override
        public Channel channel() {
            return connection.channel();
        }

        @Override
        public synchronized void open(long bytes) {
            room = room + bytes < 0 ? Long.MAX_VALUE : room + bytes;
            read();
        }

        @Override
        public synchronized void shut() {
            room = 0;
        }

        @Override
        public synchronized byte[] taken() {
            read();
            return taken.toByteArray();
        }

        @Override
        public synchronized int takenBytes() {
            read();
            return taken.size();
        }

        private void read() {
            for (byte[] bytes = connection.read(room); bytes.length > 0; bytes = connection.read(room)) {
                room -= room == Long.MAX_VALUE ? 0 : bytes.length;
                taken.writeBytes(bytes);
            }
        }

        @Override
        public void checkReleased() {
            connection.close();
        }
    }

    @Override
    public EventLoop loop() {
        return server.eventLoop();
    }

    @Override
    public List<TestFormat> formats() {
        return List.of(TestFormat.NDJSON_TO_END, TestFormat.SSE_CHUNKED, TestFormat.SSE_TO_END, TestFormat.WEBSOCKET);
    }

    @Override
    public Class<? extends ChannelWriter> directWriter() {
        return DirectSocketWriter.class;
    }

    @Override
    public Line connect(Random random) {
        Connection connection = open();
        setWaterMarks(connection.channel(), random);
        return new SocketLine(connection);
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
