package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.IdempotencyKey;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.Start;
import dev.belfry.TopicPattern;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/**
 * What a WebSocket client says: {@code publish}, {@code subscribe}, {@code unsubscribe}, {@code ping}. Every command is
 * answered, with its {@code ref}, in the order in which it is done. Owned by the channel's event loop.
 */
final class WebSocketCommands extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final Logger log = LoggerFactory.getLogger(WebSocketCommands.class);

    /** Beyond so many unanswered publications nothing more is read, until there are answers. */
    private static final int MAX_IN_FLIGHT = 64;

    private final Hub hub;
    private final WireSettings settings;
    private @Nullable Subscriber subscriber;
    private int inFlight;
    private boolean resolving;

    /** What had been read already when a command had to wait for the log. */
    private final Queue<byte[]> parked = new ArrayDeque<>();

    WebSocketCommands(Hub hub, WireSettings settings) {
        this.hub = hub;
        this.settings = settings;
    }

    /** The other half of the connection. */
    void of(Subscriber subscriber) {
        this.subscriber = subscriber;
    }

    private Subscriber subscriber() {
        if (subscriber == null) {
            throw new IllegalStateException("not joined yet");
        }
        return subscriber;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame text) {
            command(ctx, ByteBufUtil.getBytes(text.content()));
        } else if (frame instanceof PingWebSocketFrame) {
            ctx.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
        } else if (frame instanceof CloseWebSocketFrame) {
            ctx.writeAndFlush(frame.retain()).addListener(ChannelFutureListener.CLOSE);
        } else if (!(frame instanceof PongWebSocketFrame)) {
            close(ctx, WebSocketCloseStatus.INVALID_MESSAGE_TYPE);
        }
    }

    private static void close(ChannelHandlerContext ctx, WebSocketCloseStatus status) {
        ctx.writeAndFlush(new CloseWebSocketFrame(status)).addListener(ChannelFutureListener.CLOSE);
    }

    private void command(ChannelHandlerContext ctx, byte[] utf8) {
        if (resolving) {
            parked.add(utf8);
            return;
        }
        WebSocketCommand command;
        try {
            command = WebSocketCommand.read(utf8, settings);
        } catch (RuntimeException e) {
            refuse(ctx, WebSocketCommand.unread(utf8), e);
            return;
        }
        try {
            obey(ctx, command);
        } catch (RuntimeException e) {
            refuse(ctx, command, e);
        }
    }

    private void obey(ChannelHandlerContext ctx, WebSocketCommand command) {
        switch (command.op()) {
            case "publish" -> publish(ctx, command);
            case "subscribe" -> subscribe(ctx, command);
            case "unsubscribe" -> unsubscribe(ctx, command);
            case "ping" -> reply(ctx, "pong", command, out -> {});
            default -> throw new IllegalStateException(command.op());
        }
    }

    private void publish(ChannelHandlerContext ctx, WebSocketCommand command) {
        Publication publication = new Publication(command.notifications(), key(command));
        inFlight++;
        paceReading(ctx);
        hub.publish(publication, ctx.executor())
                .doFinally(signal -> {
                    inFlight--;
                    paceReading(ctx);
                })
                .subscribe(receipt -> published(ctx, command, receipt), error -> refuse(ctx, command, error));
    }

    private static @Nullable IdempotencyKey key(WebSocketCommand command) {
        return command.key() == null ? null : IdempotencyKey.of(command.key(), command.body());
    }

    private static void published(ChannelHandlerContext ctx, WebSocketCommand command, Receipt receipt) {
        reply(ctx, "published", command, out -> {
            out.writeByte(',');
            Publishing.writeIds(receipt.positions(), out);
            if (receipt.repeated()) {
                JsonFormat.ascii(",\"replayed\":true", out);
            }
        });
    }

    /** Adds patterns, from where the connection is; one that has none yet may say from where it begins. */
    private void subscribe(ChannelHandlerContext ctx, WebSocketCommand command) {
        Set<TopicPattern> patterns =
                new LinkedHashSet<>(subscriber().group().filter().patterns());
        if (command.after() != null && !patterns.isEmpty()) {
            throw Problem.badRequest(
                    "cursor-not-allowed",
                    "after is for the first topics of a connection, which has one cursor for all");
        }
        patterns.addAll(command.patterns());
        if (patterns.contains(TopicPattern.ALL)) {
            patterns = Set.of(TopicPattern.ALL);
        }
        ReadRequest.checkCount(patterns.size(), settings);
        EventFilter filter =
                new EventFilter(patterns, subscriber().group().filter().grants());
        if (command.after() == null) {
            changed(ctx, command, filter, null);
        } else {
            resolve(ctx, command, Start.parse(command.after()), filter);
        }
    }

    /** A time is looked up in the log, which blocks; what comes until then waits, for it may be about the same filter. */
    private void resolve(ChannelHandlerContext ctx, WebSocketCommand command, Start start, EventFilter filter) {
        if (!(start instanceof Start.Since)) {
            changed(ctx, command, filter, hub.resolve(start));
            return;
        }
        resolving = true;
        paceReading(ctx);
        Streaming.position(hub, start)
                .publishOn(Schedulers.fromExecutor(ctx.executor()))
                .doFinally(signal -> resolved(ctx))
                .subscribe(from -> changed(ctx, command, filter, from), error -> refuse(ctx, command, error));
    }

    private void resolved(ChannelHandlerContext ctx) {
        resolving = false;
        while (!resolving && !parked.isEmpty()) {
            command(ctx, parked.remove());
        }
        paceReading(ctx);
    }

    private void unsubscribe(ChannelHandlerContext ctx, WebSocketCommand command) {
        EventFilter before = subscriber().group().filter();
        Set<TopicPattern> patterns = new LinkedHashSet<>(before.patterns());
        patterns.removeAll(command.patterns());
        changed(ctx, command, new EventFilter(patterns, before.grants()), null);
    }

    /** The answer goes out before the events: behind it the client has what it asked for. */
    private void changed(
            ChannelHandlerContext ctx, WebSocketCommand command, EventFilter filter, @Nullable Position from) {
        Position position = from != null ? from : subscriber().position();
        // before the answer is written: to flush it may make room, and one who is BEHIND then goes on at once
        subscriber().change(filter, position);
        reply(ctx, command.op() + "d", command, out -> {
            JsonFormat.ascii(",\"topic\":", out);
            writePatterns(filter.patterns(), out);
            JsonFormat.ascii(",\"position\":\"" + hub.shown(position) + "\"", out);
        });
        subscriber().proceed();
    }

    private static void writePatterns(Set<TopicPattern> patterns, ByteBuf out) {
        out.writeByte('[');
        String separator = "";
        for (TopicPattern pattern : patterns) {
            JsonFormat.ascii(separator, out);
            JsonFormat.writeString(pattern.name().getBytes(UTF_8), out);
            separator = ",";
        }
        out.writeByte(']');
    }

    private static void refuse(ChannelHandlerContext ctx, WebSocketCommand command, Throwable error) {
        Problem problem = Problem.of(error);
        if (problem == null) {
            log.error("command failed op={}", command.op(), error);
            close(ctx, WebSocketCloseStatus.INTERNAL_SERVER_ERROR);
            return;
        }
        reply(ctx, "error", command, out -> {
            JsonFormat.ascii(",\"code\":", out);
            JsonFormat.writeString(problem.code().getBytes(UTF_8), out);
            JsonFormat.ascii(",\"detail\":", out);
            JsonFormat.writeString(String.valueOf(problem.getMessage()).getBytes(UTF_8), out);
        });
    }

    private static void reply(ChannelHandlerContext ctx, String op, WebSocketCommand command, Consumer<ByteBuf> rest) {
        ByteBuf json = Unpooled.buffer(128);
        JsonFormat.ascii("{\"op\":\"" + op + "\"", json);
        if (command.ref() != null) {
            JsonFormat.ascii(",\"ref\":", json);
            JsonFormat.writeString(command.ref().getBytes(UTF_8), json);
        }
        rest.accept(json);
        json.writeByte('}');
        ctx.writeAndFlush(new TextWebSocketFrame(json));
    }

    /** A client that takes no answers is not read from, so that its answers cannot pile up. */
    private void paceReading(ChannelHandlerContext ctx) {
        ctx.channel()
                .config()
                .setAutoRead(
                        inFlight < MAX_IN_FLIGHT && !resolving && ctx.channel().isWritable());
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        paceReading(ctx);
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof TooLongFrameException) {
            close(ctx, WebSocketCloseStatus.MESSAGE_TOO_BIG);
        } else {
            // a violation of the protocol has been answered by the decoder, with its close code
            ctx.fireExceptionCaught(cause);
        }
    }
}
