package dev.belfry.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A channel whose socket takes as many bytes as it is told to. What it took is kept, and so is every buffer that was given
 * to it. Runs on a real event loop; all methods but the getters of bytes are called there.
 */
public final class TapChannel extends AbstractChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false);

    private final ChannelConfig config = new DefaultChannelConfig(this);
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    /** The buffers behind all that was written, without their wrappers. */
    public final List<ByteBuf> written = new ArrayList<>();

    private long room = Long.MAX_VALUE;
    private volatile boolean open = true;

    /** Is writable again below the low mark, and not above the high one, in bytes. */
    public TapChannel(int low, int high) {
        super((Channel) null);
        config.setWriteBufferWaterMark(new WriteBufferWaterMark(low, high));
    }

    /** Takes so many bytes more, at once if they wait already. */
    public void open(long bytes) {
        room = room + bytes < 0 ? Long.MAX_VALUE : room + bytes;
        flush();
    }

    /** Takes all from now on, but not before the next flush. */
    public void openSilently() {
        room = Long.MAX_VALUE;
    }

    /** Takes nothing from now on. */
    public void shut() {
        room = 0;
    }

    /** The bytes that it took. Any thread. */
    public synchronized byte[] taken() {
        return taken.toByteArray();
    }

    @Override
    protected Object filterOutboundMessage(Object msg) {
        ByteBuf bytes = (ByteBuf) msg;
        ByteBuf root = bytes;
        while (root.unwrap() != null) {
            root = root.unwrap();
        }
        written.add(root);
        return bytes;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) {
        while (!in.isEmpty()) {
            ByteBuf bytes = (ByteBuf) in.current();
            int count = (int) Math.min(room, bytes.readableBytes());
            if (count == 0 && bytes.isReadable()) {
                return;
            }
            byte[] copy = new byte[count];
            bytes.getBytes(bytes.readerIndex(), copy);
            synchronized (this) {
                taken.writeBytes(copy);
            }
            room -= room == Long.MAX_VALUE ? 0 : count;
            if (count == bytes.readableBytes()) {
                in.progress(count);
                in.remove();
            } else {
                in.removeBytes(count);
            }
        }
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new AbstractUnsafe() {
            @Override
            public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
                promise.setFailure(new UnsupportedOperationException());
            }
        };
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return true;
    }

    @Override
    protected SocketAddress localAddress0() {
        return new SocketAddress() {};
    }

    @Override
    protected SocketAddress remoteAddress0() {
        return new SocketAddress() {};
    }

    @Override
    protected void doBind(SocketAddress local) {}

    @Override
    protected void doDisconnect() {}

    @Override
    protected void doClose() {
        open = false;
    }

    @Override
    protected void doBeginRead() {}

    @Override
    public ChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && isRegistered();
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }
}
