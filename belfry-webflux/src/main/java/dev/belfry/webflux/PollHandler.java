package dev.belfry.webflux;

import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.ReadLimits;
import dev.belfry.Start;
import dev.belfry.Subscription;
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
import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
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
    private final LongWork longWork;
    private final AnswerBodies bodies;

    PollHandler(Hub hub, WireSettings settings, StreamRegistry streams) {
        this.hub = hub;
        longWork = new LongWork(hub);
        this.settings = settings;
        this.streams = streams;
        memory = streams.budget();
        bodies = new AnswerBodies(memory);
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions, Representation representation) {
        ReadRequest request = new ReadRequest(ExchangeHead.of(exchange), settings);
        return longWork.first(
                request.isLong(),
                NettyExchange.channel(exchange.getResponse()),
                () -> request.filter(permissions),
                filter -> poll(exchange, permissions, request, filter, representation));
    }

    private Mono<Void> poll(
            ServerWebExchange exchange,
            Permissions permissions,
            ReadRequest request,
            EventFilter filter,
            Representation representation) {
        Subscription subscription = new Subscription(filter, request.start().orElse(Start.EARLIEST));
        Duration wait = shortened(request.preferredWait(), permissions);
        if (!wait.isZero()) {
            exchange.getResponse().getHeaders().set("Preference-Applied", "wait=" + wait.toSeconds());
        }
        SocketAddress client = NettyExchange.channel(exchange.getResponse()).remoteAddress();
        return Mono.using(
                () -> new HeldAnswer(
                        wait.isZero() ? holdPatterns(subscription, client) : reserve(subscription, permissions, client),
                        memory.open(Use.LARGE_ANSWERS, client)),
                held -> poll(exchange, permissions, subscription, request.limit(), wait, representation, held),
                HeldAnswer::release);
    }

    private Runnable holdPatterns(Subscription subscription, @Nullable SocketAddress client) {
        MemoryBudget.Hold patterns = PatternWeight.hold(memory, subscription.filter(), client);
        if (patterns == null) {
            throw AnswerBodies.noRoom();
        }
        return patterns::close;
    }

    /** A poll that waits keeps a connection as a stream does, and of these some are for publishers. */
    private Runnable reserve(Subscription subscription, Permissions permissions, @Nullable SocketAddress client) {
        StreamPlace place = streams.reserve(subscription.filter(), StreamOwner.of(permissions), client);
        if (place == null) {
            throw Problem.noRoom();
        }
        return place::release;
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
            Representation representation,
            HeldAnswer held) {
        Channel channel = NettyExchange.channel(exchange.getResponse());
        ReadLimits limits = new ReadLimits(limit, mostBytes(channel.remoteAddress())).in(held);
        return hub.poll(NettyExchange.client(channel), subscription, limits, wait)
                .doOnNext(chunk -> checkTime(exchange, permissions))
                .map(chunk -> encode(exchange, chunk, representation, held))
                // an answer without a body that a reader thread ends can leave a kept connection unread
                .publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                .flatMap(answer -> write(exchange, answer, representation, held));
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

    // ---- on a reader thread

    /** What is answered, but for the body, which is kept; the events themselves are garbage by now. */
    private record Answer(String etag, String next, boolean more, boolean isKnown, int bytes) {
        Answer(PollAnswer answer, boolean isKnown, int bytes) {
            this(answer.etag(), answer.next(), answer.more(), isKnown, bytes);
        }
    }

    private Answer encode(ServerWebExchange exchange, Chunk chunk, Representation representation, HeldAnswer held) {
        ServerHttpRequest request = exchange.getRequest();
        PollAnswer answer = PollAnswer.of(chunk, hub.clock().instant());
        if (answer.events().isEmpty() && held.isRoomShort()) {
            throw AnswerBodies.noRoom();
        }
        boolean isKnown = answer.isMatchedBy(request.getHeaders().getOrEmpty(HttpHeaders.IF_NONE_MATCH));
        if (isKnown || request.getMethod().equals(HttpMethod.HEAD)) {
            return new Answer(answer, isKnown, 0);
        }
        SocketAddress client = NettyExchange.channel(exchange.getResponse()).remoteAddress();
        ByteBuf body =
                bodies.make(answer.sizeEstimate(), held.takeRoom(), client, out -> write(answer, representation, out));
        int bytes = body.readableBytes();
        held.keep(body);
        return new Answer(answer, false, bytes);
    }

    private void write(PollAnswer answer, Representation representation, ByteBuf out) {
        if (representation.isOfCloudEvents()) {
            answer.writeTo(out, representation.encoder(settings.cloudEventsSource()));
        } else {
            answer.writeTo(out);
        }
    }

    // ---- on the event loop

    private static Mono<Void> write(
            ServerWebExchange exchange, Answer answer, Representation representation, HeldAnswer held) {
        ServerHttpResponse response = exchange.getResponse();
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.ETAG, answer.etag);
        headers.setCacheControl("no-cache, no-transform");
        headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (representation.isOfCloudEvents()) {
            // an array of CloudEvents has no place for them
            headers.set("Last-Event-ID", answer.next);
            headers.set("Belfry-More", Boolean.toString(answer.more));
        }
        if (answer.isKnown) {
            response.setStatusCode(HttpStatus.NOT_MODIFIED);
            return response.setComplete();
        }
        headers.set(HttpHeaders.CONTENT_TYPE, mediaType(representation));
        if (answer.bytes == 0) {
            return response.setComplete();
        }
        headers.setContentLength(answer.bytes);
        return response.writeWith(held.body());
    }

    private static String mediaType(Representation representation) {
        return representation.isOfCloudEvents() ? Representation.CLOUDEVENTS.mediaType() : representation.mediaType();
    }
}
