package dev.belfry.webflux;

import dev.belfry.Chunk;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.ReadLimits;
import dev.belfry.Start;
import dev.belfry.Subscription;
import dev.belfry.stream.HeldBuffer;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.stream.PatternWeight;
import dev.belfry.stream.StreamOwner;
import dev.belfry.stream.StreamPlace;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.wire.PollAnswer;
import dev.belfry.wire.Problem;
import dev.belfry.wire.ReadRequest;
import dev.belfry.wire.Representation;
import dev.belfry.wire.WireSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * {@code GET} for JSON: what is new behind the cursor, and the next cursor; held for a while when there is nothing and the
 * client prefers to wait. Without a cursor it begins with the oldest event kept.
 */
final class PollHandler {
    private static final int MAX_BYTES = 4 << 20;

    /** So much an answer may have whatever others hold. */
    private static final int LEAST_BYTES = 64 << 10;

    private final Hub hub;
    private final WireSettings settings;
    private final StreamRegistry streams;
    private final MemoryBudget memory;

    PollHandler(Hub hub, WireSettings settings, StreamRegistry streams) {
        this.hub = hub;
        this.settings = settings;
        this.streams = streams;
        memory = streams.budget();
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions) {
        ReadRequest request = new ReadRequest(new ExchangeHead(exchange.getRequest()), settings);
        Subscription subscription =
                new Subscription(request.filter(permissions), request.start().orElse(Start.EARLIEST));
        Duration wait = shortened(request.preferredWait(), permissions);
        if (!wait.isZero()) {
            exchange.getResponse().getHeaders().set("Preference-Applied", "wait=" + wait.toSeconds());
        }
        SocketAddress client = NettyExchange.channel(exchange.getResponse()).remoteAddress();
        return Mono.using(
                () -> wait.isZero() ? holdPatterns(subscription, client) : reserve(subscription, permissions, client),
                held -> poll(exchange, permissions, subscription, request.limit(), wait, held),
                Held::release);
    }

    private Held holdPatterns(Subscription subscription, @Nullable SocketAddress client) {
        MemoryBudget.Hold patterns = PatternWeight.hold(memory, subscription.filter(), client);
        if (patterns == null) {
            throw noRoom();
        }
        return new Held(patterns::close);
    }

    /** A poll that waits keeps a connection as a stream does, and of these some are for publishers. */
    private Held reserve(Subscription subscription, Permissions permissions, @Nullable SocketAddress client) {
        StreamPlace place = streams.reserve(subscription.filter(), StreamOwner.of(permissions), client);
        if (place == null) {
            throw Problem.noRoom();
        }
        return new Held(place::release);
    }

    /**
     * What a poll holds until it is answered or its client has gone: its place, and the body that nobody has taken yet. A client may
     * go while the body is made on another thread.
     */
    private static final class Held {
        private final Runnable place;
        private boolean isReleased;
        private @Nullable ByteBuf body;

        Held(Runnable place) {
            this.place = place;
        }

        synchronized void keep(ByteBuf made) {
            if (isReleased) {
                made.release();
            } else {
                body = made;
            }
        }

        /** The body, for somebody who releases it; null when the client has gone. */
        synchronized @Nullable ByteBuf take() {
            ByteBuf taken = body;
            body = null;
            return taken;
        }

        synchronized void release() {
            isReleased = true;
            place.run();
            if (body != null) {
                body.release();
                body = null;
            }
        }
    }

    /** A poll does not wait for longer than its sender may read. */
    private Duration shortened(Duration wait, Permissions permissions) {
        Instant expires = permissions.expires();
        if (wait.isZero() || expires == null) {
            return wait;
        }
        Duration left = Duration.between(hub.clock().instant(), expires);
        return left.isNegative() ? Duration.ZERO : left.compareTo(wait) < 0 ? left : wait;
    }

    private Mono<Void> poll(
            ServerWebExchange exchange,
            Permissions permissions,
            Subscription subscription,
            int limit,
            Duration wait,
            Held held) {
        Channel channel = NettyExchange.channel(exchange.getResponse());
        ReadLimits limits = new ReadLimits(limit, mostBytes(channel.remoteAddress()));
        return hub.poll(NettyExchange.client(channel), subscription, limits, wait)
                .doOnNext(chunk -> checkTime(exchange, permissions))
                .map(chunk -> encode(exchange.getRequest(), chunk, channel.remoteAddress(), held))
                // an answer without a body that a reader thread ends can leave a kept connection unread
                .publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                .flatMap(answer -> write(exchange, answer, held));
    }

    /** What has come by now may be read no more. */
    private void checkTime(ServerWebExchange exchange, Permissions permissions) {
        if (permissions.isExpired(hub.clock().instant())) {
            exchange.getResponse().getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"");
            throw Session.expired();
        }
    }

    /** Answers become shorter, as they may, when others hold what there is; what is alone is held whatever its size. */
    private int mostBytes(@Nullable SocketAddress client) {
        long room = memory.heldBytes(Use.LARGE_ANSWERS) == 0 ? MAX_BYTES : memory.roomBytes(Use.LARGE_ANSWERS, client);
        // in JSON they are larger
        return (int) Math.max(LEAST_BYTES, Math.min(room / 3 * 2, MAX_BYTES));
    }

    private static Problem noRoom() {
        return new Problem(503, "too-many-answers", "too many answers wait to be read; try again");
    }

    // ---- on a reader thread

    /** What is answered, but for the body, which is kept; the events themselves are garbage by now. */
    private record Answer(String etag, boolean isKnown, int bytes) {}

    private Answer encode(ServerHttpRequest request, Chunk chunk, @Nullable SocketAddress client, Held held) {
        PollAnswer answer = PollAnswer.of(chunk, hub.clock().instant());
        boolean isKnown = answer.isMatchedBy(request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH));
        if (isKnown || request.getMethod().equals(HttpMethod.HEAD)) {
            return new Answer(answer.etag(), isKnown, 0);
        }
        ByteBuf body;
        try {
            body = body(answer, client);
        } catch (OutOfMemoryError e) {
            // it would be thrown past all operators, and the client would wait for ever
            throw noRoom();
        }
        int bytes = body.readableBytes();
        held.keep(body);
        return new Answer(answer.etag(), false, bytes);
    }

    /** In direct memory, for the channel would copy it there; it holds its room until it has been written. */
    private ByteBuf body(PollAnswer answer, @Nullable SocketAddress client) {
        long bytes = answer.sizeEstimate();
        Use use = bytes > MemoryBudget.LARGE_BYTES ? Use.LARGE_ANSWERS : Use.ANSWERS;
        MemoryBudget.Hold room = memory.hold(use, client, bytes);
        if (room == null) {
            throw noRoom();
        }
        ByteBuf json = null;
        try {
            json = ByteBufAllocator.DEFAULT.directBuffer((int) bytes);
            answer.writeTo(json);
            room.force(json.capacity());
            return new HeldBuffer(json, room);
        } catch (RuntimeException | Error e) {
            if (json != null) {
                json.release();
            }
            room.close();
            throw e;
        }
    }

    // ---- on the event loop

    private static Mono<Void> write(ServerWebExchange exchange, Answer answer, Held held) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.ETAG, answer.etag);
        headers.setCacheControl("no-cache, no-transform");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (answer.isKnown) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.set(HttpHeaders.CONTENT_TYPE, Representation.JSON.mediaType());
        if (answer.bytes == 0) {
            return response.setComplete();
        }
        headers.setContentLength(answer.bytes);
        return response.writeWith(Mono.defer(() -> Mono.justOrEmpty(held.take()).map(PollHandler::wrap)));
    }

    private static DataBuffer wrap(ByteBuf bytes) {
        return new NettyDataBufferFactory(bytes.alloc()).wrap(bytes);
    }
}
