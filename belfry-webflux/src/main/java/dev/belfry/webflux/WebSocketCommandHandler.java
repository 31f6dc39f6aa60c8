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
import dev.belfry.stream.StreamOwner;
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
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * What a WebSocket client says: {@code publish}, {@code subscribe}, {@code unsubscribe}, {@code auth}, {@code ping}. Every command is
 * answered, with its {@code ref}, in the order in which it is done. Owned by the channel's event loop.
 */
final class WebSocketCommandHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final RareLine failed = RareLine.error(LoggerFactory.getLogger(WebSocketCommandHandler.class));

    /** A longer command is read, and its filter made, where no event loop waits for it. */
    private static final int LONG_BYTES = 4 << 10;

    /** Beyond so many unanswered publications nothing more is read, until there are answers. */
    private static final int MAX_IN_FLIGHT = 64;

    private final Hub hub;
    private final WireSettings settings;
    private final Session session;
    private final BodyBudget bodies;
    private final RefusalListener refusals;
    private final LongWork longWork;
    private @Nullable Subscriber subscriber;
    private int inFlight;
    private boolean isWaiting;

    /** What had been read already when a command had to wait for another thread. */
    private final Queue<byte[]> parked = new ArrayDeque<>();

    /** Does what its session allows. */
    WebSocketCommandHandler(
            Hub hub, WireSettings settings, Session session, BodyBudget bodies, RefusalListener refusals) {
        this.hub = hub;
        longWork = new LongWork(hub);
        this.settings = settings;
        this.session = session;
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
        if (hasEnded()) {
            return; // its close frame is on its way, and nothing comes behind that
        }
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

    private boolean hasEnded() {
        return subscriber != null && subscriber.hasLeft();
    }

    private static void close(ChannelHandlerContext ctx, WebSocketCloseStatus status) {
        ctx.writeAndFlush(new CloseWebSocketFrame(status)).addListener(ChannelFutureListener.CLOSE);
    }

    private void command(ChannelHandlerContext ctx, byte[] utf8) {
        if (isWaiting) {
            parked.add(utf8);
            return;
        }
        BodyBudget.Share share = bodies.open(ctx.channel().remoteAddress());
        EventFilter before = subscriber().filter();
        if (utf8.length <= LONG_BYTES) {
            execute(ctx, prepare(utf8, before, share), share);
        } else if (share.hold(utf8.length)) {
            prepareElsewhere(ctx, utf8, before, share);
        } else {
            refuse(ctx, null, BodyReader.noRoom());
        }
    }

    private void prepareElsewhere(ChannelHandlerContext ctx, byte[] utf8, EventFilter before, BodyBudget.Share share) {
        isWaiting = true;
        paceReading(ctx);
        longWork.on(ctx.channel(), () -> prepare(utf8, before, share))
                .onErrorResume(error -> Mono.just(new Prepared(null, null, null, error)))
                .subscribe(prepared -> {
                    isWaiting = false;
                    execute(ctx, prepared, share);
                    goOn(ctx);
                });
    }

    /**
     * A command that is ready to be done.
     *
     * @param filter that of the subscriber when it has been done; null where it stays as it is
     * @param error why it is refused; then nothing else counts but the ref
     */
    private record Prepared(
            @Nullable String ref,
            @Nullable WebSocketCommand command,
            @Nullable EventFilter filter,
            @Nullable Throwable error) {}

    /** Reads a command, and makes its filter. Any thread: nothing is changed. */
    private Prepared prepare(byte[] utf8, EventFilter before, BodyBudget.Share share) {
        if (!share.beginParsing(utf8.length)) {
            return new Prepared(null, null, null, BodyReader.noRoom());
        }
        String ref = null;
        WebSocketCommand command = null;
        try {
            command = WebSocketCommandReader.read(utf8, settings);
            ref = command.ref();
            return new Prepared(ref, command, filter(command, before), null);
        } catch (RuntimeException e) {
            return new Prepared(command == null ? WebSocketCommandReader.refOfUnread(utf8) : ref, null, null, e);
        } catch (OutOfMemoryError e) {
            return new Prepared(ref, null, null, BodyReader.noRoom());
        } finally {
            share.endParsing(utf8.length);
        }
    }

    private @Nullable EventFilter filter(WebSocketCommand command, EventFilter before) {
        if (command instanceof WebSocketCommand.Subscribe subscribe) {
            return filter(subscribe, before);
        }
        if (command instanceof WebSocketCommand.Unsubscribe unsubscribe) {
            Set<TopicSelector> patterns = new LinkedHashSet<>(before.selectors());
            unsubscribe.patterns().forEach(patterns::remove);
            return session.permissions().filter(patterns);
        }
        return null;
    }

    /** Adds patterns; one that has none yet may say from where it begins. */
    private EventFilter filter(WebSocketCommand.Subscribe command, EventFilter before) {
        if (command.after() != null && !before.selectors().isEmpty()) {
            throw Problem.badRequest(
                    "cursor-not-allowed",
                    "after is for the first topics of a connection, which has one cursor for all");
        }
        // first by themselves: to find out which of them others cover is work, too
        ReadRequest.check(command.patterns(), settings);
        Set<TopicSelector> patterns = new LinkedHashSet<>(before.selectors());
        patterns.addAll(command.patterns());
        EventFilter filter = session.permissions().filter(patterns);
        ReadRequest.check(filter.selectors(), settings);
        return filter;
    }

    private void execute(ChannelHandlerContext ctx, Prepared prepared, BodyBudget.Share share) {
        WebSocketCommand command = prepared.command;
        if (!(command instanceof WebSocketCommand.Publish)) {
            share.close();
        }
        try {
            if (command instanceof WebSocketCommand.Publish publish) {
                publish(ctx, publish, share);
            } else if (command == null) {
                refuse(ctx, prepared.ref, Objects.requireNonNull(prepared.error));
            } else if (command instanceof WebSocketCommand.Auth auth) {
                authorize(ctx, auth);
            } else if (prepared.filter == null) {
                reply(ctx, WebSocketReply.pong(command.ref()));
            } else {
                subscribe(ctx, command, prepared.filter);
            }
        } catch (RuntimeException e) {
            share.close();
            refuse(ctx, prepared.ref, e);
        }
    }

    private void publish(ChannelHandlerContext ctx, WebSocketCommand.Publish command, BodyBudget.Share share) {
        Publication publication = session.check(command.publication());
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

    private void subscribe(ChannelHandlerContext ctx, WebSocketCommand command, EventFilter filter) {
        if (command instanceof WebSocketCommand.Subscribe subscribe && subscribe.after() != null) {
            resolve(ctx, command, subscribe.after(), filter);
        } else {
            change(ctx, command, filter, subscriber().position());
        }
    }

    /** A time is looked up in the log, which blocks; what comes until then waits, for it may be about the same filter. */
    private void resolve(ChannelHandlerContext ctx, WebSocketCommand command, Start start, EventFilter filter) {
        if (!(start instanceof Start.Since)) {
            change(ctx, command, filter, hub.resolve(start));
            return;
        }
        isWaiting = true;
        paceReading(ctx);
        StreamStart.position(hub, start, ctx.channel())
                .doFinally(signal -> {
                    isWaiting = false;
                    goOn(ctx);
                })
                .subscribe(from -> change(ctx, command, filter, from), error -> refuse(ctx, command.ref(), error));
    }

    /** The filter is made anew of the new grants, from where the connection is. What comes until the answer is there waits for it. */
    private void authorize(ChannelHandlerContext ctx, WebSocketCommand.Auth command) {
        isWaiting = true;
        paceReading(ctx);
        Mono.defer(() -> session.ask(command.token()))
                .publishOn(Schedulers.fromExecutor(ctx.executor()))
                .doFinally(signal -> {
                    isWaiting = false;
                    goOn(ctx);
                })
                .subscribe(renewed -> renew(ctx, command.ref(), renewed), error -> refuse(ctx, command.ref(), error));
    }

    private void renew(ChannelHandlerContext ctx, @Nullable String ref, StreamOwner renewed) {
        Permissions permissions = renewed.permissions();
        EventFilter filter = permissions.filter(subscriber().filter().selectors());
        boolean isSame = filter.equals(subscriber().filter());
        if (!isSame && !subscriber().change(filter, subscriber().position())) {
            throw Problem.noRoom();
        }
        session.accept(renewed);
        subscriber().renew(renewed);
        reply(ctx, WebSocketReply.authorized(ref, permissions.expires()));
        subscriber().proceed();
    }

    /** Does what has come meanwhile. */
    private void goOn(ChannelHandlerContext ctx) {
        while (!isWaiting && !parked.isEmpty()) {
            command(ctx, parked.remove());
        }
        paceReading(ctx);
    }

    /** The answer goes out before the events: behind it the client has what it asked for. */
    private void change(ChannelHandlerContext ctx, WebSocketCommand command, EventFilter filter, Position position) {
        // before the answer is written: to flush it may make room, and a subscriber that is BEHIND then goes on at once
        if (!subscriber().change(filter, position)) {
            throw Problem.noRoom();
        }
        String op = command instanceof WebSocketCommand.Subscribe ? "subscribed" : "unsubscribed";
        reply(ctx, WebSocketReply.changed(op, command.ref(), filter.selectors(), hub.shown(position)));
        subscriber().proceed();
    }

    private void refuse(ChannelHandlerContext ctx, @Nullable String ref, Throwable error) {
        Problem problem = Problem.of(error);
        if (problem == null) {
            failed.log("command failed cause={}", new Failure(error));
            if (!hasEnded()) {
                close(ctx, WebSocketCloseStatus.INTERNAL_SERVER_ERROR);
            }
        } else {
            refusals.refused(problem.code());
            reply(ctx, WebSocketReply.error(ref, problem));
        }
    }

    private void reply(ChannelHandlerContext ctx, ByteBuf json) {
        if (hasEnded()) {
            json.release();
        } else {
            ctx.writeAndFlush(new TextWebSocketFrame(json));
        }
    }

    /** A client that takes no answers is not read from, so that its answers cannot pile up. */
    private void paceReading(ChannelHandlerContext ctx) {
        ctx.channel()
                .config()
                .setAutoRead(
                        inFlight < MAX_IN_FLIGHT && !isWaiting && ctx.channel().isWritable());
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
