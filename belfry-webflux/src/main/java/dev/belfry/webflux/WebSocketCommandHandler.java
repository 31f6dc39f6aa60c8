package dev.belfry.webflux;

import dev.belfry.EventFilter;
import dev.belfry.Failure;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.RareLine;
import dev.belfry.Start;
import dev.belfry.TopicSelector;
import dev.belfry.stream.Subscriber;
import dev.belfry.wire.Problem;
import dev.belfry.wire.ReadRequest;
import dev.belfry.wire.WebSocketCommand;
import dev.belfry.wire.WebSocketCommandReader;
import dev.belfry.wire.WebSocketReply;
import dev.belfry.wire.WireSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What a WebSocket client says: {@code publish}, {@code subscribe}, {@code unsubscribe}, {@code ping}. Every command is
 * answered, with its {@code ref}, in the order in which it is done. Owned by the channel's event loop.
 */
final class WebSocketCommandHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final RareLine failed = RareLine.error(LoggerFactory.getLogger(WebSocketCommandHandler.class));

    /** Beyond so many unanswered publications nothing more is read, until there are answers. */
    private static final int MAX_IN_FLIGHT = 64;

    private final Hub hub;
    private final WireSettings settings;
    private final Permissions permissions;
    private final ClientLimits.Client client;
    private final BodyBudget bodies;
    private final RefusalListener refusals;
    private @Nullable Subscriber subscriber;
    private int inFlight;
    private boolean resolving;

    /** What had been read already when a command had to wait for the log. */
    private final Queue<byte[]> parked = new ArrayDeque<>();

    /** Does what these permissions, the handshake's, allow. */
    WebSocketCommandHandler(
            Hub hub,
            WireSettings settings,
            Permissions permissions,
            ClientLimits.Client client,
            BodyBudget bodies,
            RefusalListener refusals) {
        this.hub = hub;
        this.settings = settings;
        this.permissions = permissions;
        this.client = client;
        this.bodies = bodies;
        this.refusals = refusals;
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
        BodyBudget.Share share = bodies.open(ctx.channel().remoteAddress());
        WebSocketCommand command = read(ctx, utf8, share);
        if (command == null) {
            share.close();
            return;
        }
        try {
            execute(ctx, command, share);
        } catch (RuntimeException e) {
            share.close();
            refuse(ctx, command.ref(), e);
        }
    }

    /** Null when it was refused. */
    private @Nullable WebSocketCommand read(ChannelHandlerContext ctx, byte[] utf8, BodyBudget.Share share) {
        if (!share.beginParsing(utf8.length)) {
            refuse(ctx, null, BodyReader.noRoom());
            return null;
        }
        try {
            return WebSocketCommandReader.read(utf8, settings);
        } catch (RuntimeException e) {
            refuse(ctx, WebSocketCommandReader.refOfUnread(utf8), e);
        } catch (OutOfMemoryError e) {
            refuse(ctx, null, BodyReader.noRoom());
        } finally {
            share.endParsing(utf8.length);
        }
        return null;
    }

    private void execute(ChannelHandlerContext ctx, WebSocketCommand command, BodyBudget.Share share) {
        if (command instanceof WebSocketCommand.Publish publish) {
            publish(ctx, publish, share);
            return;
        }
        share.close();
        if (command instanceof WebSocketCommand.Subscribe subscribe) {
            subscribe(ctx, subscribe);
        } else if (command instanceof WebSocketCommand.Unsubscribe unsubscribe) {
            unsubscribe(ctx, unsubscribe);
        } else {
            reply(ctx, WebSocketReply.pong(command.ref()));
        }
    }

    private void publish(ChannelHandlerContext ctx, WebSocketCommand.Publish command, BodyBudget.Share share) {
        Publication publication = PublishGrant.check(permissions, command.publication());
        client.publish(publication.notifications().size());
        inFlight++;
        paceReading(ctx);
        hub.publish(publication, ctx.executor())
                .doFinally(signal -> {
                    share.close();
                    inFlight--;
                    paceReading(ctx);
                })
                .subscribe(
                        receipt -> reply(ctx, WebSocketReply.published(command.ref(), receipt)),
                        error -> refuse(ctx, command.ref(), error));
    }

    /** Adds patterns, from where the connection is; one that has none yet may say from where it begins. */
    private void subscribe(ChannelHandlerContext ctx, WebSocketCommand.Subscribe command) {
        EventFilter before = subscriber().filter();
        Start after = command.after();
        if (after != null && !before.selectors().isEmpty()) {
            throw Problem.badRequest(
                    "cursor-not-allowed",
                    "after is for the first topics of a connection, which has one cursor for all");
        }
        // first by themselves: to find out which of them others cover is work, too
        ReadRequest.check(command.patterns(), settings);
        Set<TopicSelector> patterns = new LinkedHashSet<>(before.selectors());
        patterns.addAll(command.patterns());
        EventFilter filter = permissions.filter(patterns);
        ReadRequest.check(filter.selectors(), settings);
        if (after == null) {
            change(ctx, "subscribed", command.ref(), filter, subscriber().position());
        } else {
            resolve(ctx, command.ref(), after, filter);
        }
    }

    /** A time is looked up in the log, which blocks; what comes until then waits, for it may be about the same filter. */
    private void resolve(ChannelHandlerContext ctx, @Nullable String ref, Start start, EventFilter filter) {
        if (!(start instanceof Start.Since)) {
            change(ctx, "subscribed", ref, filter, hub.resolve(start));
            return;
        }
        resolving = true;
        paceReading(ctx);
        StreamStart.position(hub, start, ctx.channel())
                .doFinally(signal -> resolved(ctx))
                .subscribe(from -> change(ctx, "subscribed", ref, filter, from), error -> refuse(ctx, ref, error));
    }

    private void resolved(ChannelHandlerContext ctx) {
        resolving = false;
        while (!resolving && !parked.isEmpty()) {
            command(ctx, parked.remove());
        }
        paceReading(ctx);
    }

    private void unsubscribe(ChannelHandlerContext ctx, WebSocketCommand.Unsubscribe command) {
        EventFilter before = subscriber().filter();
        Set<TopicSelector> patterns = new LinkedHashSet<>(before.selectors());
        command.patterns().forEach(patterns::remove);
        EventFilter filter = permissions.filter(patterns);
        change(ctx, "unsubscribed", command.ref(), filter, subscriber().position());
    }

    /** The answer goes out before the events: behind it the client has what it asked for. */
    private void change(
            ChannelHandlerContext ctx, String op, @Nullable String ref, EventFilter filter, Position position) {
        // before the answer is written: to flush it may make room, and a subscriber that is BEHIND then goes on at once
        if (!subscriber().change(filter, position)) {
            throw Problem.noRoom();
        }
        reply(ctx, WebSocketReply.changed(op, ref, filter.selectors(), hub.shown(position)));
        subscriber().proceed();
    }

    private void refuse(ChannelHandlerContext ctx, @Nullable String ref, Throwable error) {
        Problem problem = Problem.of(error);
        if (problem == null) {
            failed.log("command failed cause={}", new Failure(error));
            close(ctx, WebSocketCloseStatus.INTERNAL_SERVER_ERROR);
        } else {
            refusals.refused(problem.code());
            reply(ctx, WebSocketReply.error(ref, problem));
        }
    }

    private static void reply(ChannelHandlerContext ctx, ByteBuf json) {
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
