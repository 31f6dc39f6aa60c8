package dev.belfry.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * HTTP/2 streams, some on a connection, whose clients open their windows as they are told to. Netty is on both sides; what is sent
 * past it on the server's is checked by the client's.
 */
final class Http2Transport extends SocketTransport {
    private static final int STREAMS_ON_A_CONNECTION = 4;

    private final BlockingQueue<Channel> streams = new LinkedBlockingQueue<>();
    private final List<Client> clients = new ArrayList<>();
    private int connected;

    @Override
    void initialize(Channel channel) {
        ChannelInitializer<Channel> stream = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel child) {
                child.pipeline().addLast(new Response());
            }
        };
        channel.pipeline().addLast(Http2FrameCodecBuilder.forServer().build(), new Http2MultiplexHandler(stream));
    }

    /** Begins the response, and leaves the channel to the stream. */
    private final class Response extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object msg) {
            if (msg instanceof Http2HeadersFrame) {
                ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200")));
                ctx.pipeline().remove(this);
                streams.add(ctx.channel());
            }
            ReferenceCountUtil.release(msg);
        }
    }

    /** One connection. */
    private static final class Client {
        private final Connection connection;
        private final Http2ChannelDuplexHandler requests = new Http2ChannelDuplexHandler() {};
        private final EmbeddedChannel frames;
        private final Map<Http2FrameStream, Http2Line> lines = new HashMap<>();

        Client(Connection connection, int window) {
            this.connection = connection;
            Http2FrameCodec codec = Http2FrameCodecBuilder.forClient()
                    .initialSettings(Http2Settings.defaultSettings().initialWindowSize(window))
                    .build();
            frames = new EmbeddedChannel(codec, requests);
        }

        synchronized Http2FrameStream request() {
            Http2FrameStream stream = requests.newStream();
            DefaultHttp2Headers headers = new DefaultHttp2Headers();
            headers.method("GET").scheme("http").authority("localhost").path("/");
            frames.writeOutbound(new DefaultHttp2HeadersFrame(headers, true).stream(stream));
            exchange();
            return stream;
        }

        synchronized void add(Http2FrameStream stream, Http2Line line) {
            lines.put(stream, line);
        }

        synchronized void consume(Http2FrameStream stream, int bytes) {
            frames.writeOutbound(new DefaultHttp2WindowUpdateFrame(bytes).stream(stream));
        }

        /** Sends and receives what there is. */
        synchronized void exchange() {
            send();
            for (byte[] bytes = connection.read(1 << 16); bytes.length > 0; bytes = connection.read(1 << 16)) {
                frames.writeInbound(Unpooled.wrappedBuffer(bytes));
                for (Object frame = frames.readInbound(); frame != null; frame = frames.readInbound()) {
                    if (frame instanceof Http2DataFrame data && lines.get(data.stream()) != null) {
                        lines.get(data.stream()).take(data);
                    }
                    ReferenceCountUtil.release(frame);
                }
                send();
            }
        }

        private void send() {
            frames.runPendingTasks();
            // a stream that ends gives its bytes back to the connection's window, without a flush
            frames.flush();
            for (ByteBuf bytes = frames.readOutbound(); bytes != null; bytes = frames.readOutbound()) {
                try {
                    ByteBuffer out = bytes.nioBuffer();
                    while (out.hasRemaining() && connection.socket().isOpen()) {
                        connection.socket().write(out);
                    }
                } catch (IOException e) {
                    // the server has closed it
                } finally {
                    bytes.release();
                }
            }
        }

        void close() {
            connection.close();
            frames.finishAndReleaseAll();
        }
    }

    private static final class Http2Line implements Line {
        private final Client client;
        private final Http2FrameStream stream;
        private final Channel channel;
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private long room = Long.MAX_VALUE;
        private int unconsumed;

        Http2Line(Client client, Http2FrameStream stream, Channel channel) {
            this.client = client;
            this.stream = stream;
            this.channel = channel;
        }

        /** All that the window has room for is taken; the window has more room again for what the client consumes. */
        void take(Http2DataFrame data) {
            taken.writeBytes(ByteBufUtil.getBytes(data.content()));
            unconsumed += data.initialFlowControlledBytes();
            consume();
        }

        private void consume() {
            int bytes = (int) Math.min(room, unconsumed);
            if (bytes > 0) {
                unconsumed -= bytes;
                room -= room == Long.MAX_VALUE ? 0 : bytes;
                client.consume(stream, bytes);
            }
        }

        @Override
        public Channel channel() {
            return channel;
        }

        @Override
        public void open(long bytes) {
            synchronized (client) {
                room = room + bytes < 0 ? Long.MAX_VALUE : room + bytes;
                consume();
                client.exchange();
            }
        }

        @Override
        public void shut() {
            synchronized (client) {
                room = 0;
            }
        }

        @Override
        public int takenBytes() {
            synchronized (client) {
                client.exchange();
                return taken.size();
            }
        }

        @Override
        public byte[] taken() {
            synchronized (client) {
                client.exchange();
                return taken.toByteArray();
            }
        }
    }

    @Override
    public List<TestFormat> formats() {
        return List.of(TestFormat.SSE_HTTP2, TestFormat.NDJSON_HTTP2);
    }

    @Override
    public Class<? extends ChannelWriter> directWriter() {
        return DirectStreamWriter.class;
    }

    @Override
    public Line connect(Random random) {
        if (connected++ % STREAMS_ON_A_CONNECTION == 0) {
            clients.add(new Client(open(), 1 << (11 + random.nextInt(6))));
        }
        Client client = clients.get(clients.size() - 1);
        Http2FrameStream stream = client.request();
        Channel channel = next(streams);
        setWaterMarks(channel, random);
        Http2Line line = new Http2Line(client, stream, channel);
        client.add(stream, line);
        return line;
    }

    @Override
    public void close() {
        clients.forEach(Client::close);
        super.close();
    }
}
