package dev.belfry.webflux;

import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Start;
import dev.belfry.stream.Framing;
import dev.belfry.stream.StreamFormat;
import dev.belfry.stream.StreamOwner;
import dev.belfry.stream.StreamPlace;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.stream.Subscriber;
import dev.belfry.wire.EventEncoder;
import dev.belfry.wire.Problem;
import dev.belfry.wire.ReadRequest;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** The WebSocket handshake (RFC 6455, section 4). No extension is agreed on: nothing is inflated here. */
final class WebSocketHandler {
    /** The name of the messages on it, version 1; see docs/protocol.md. */
    static final String SUBPROTOCOL = "belfry.v1";

    private static final StreamFormat FORMAT = StreamFormat.of(EventEncoder.JSON, Framing.WEBSOCKET);
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String VERSION = "13";
    private static final int KEY_BYTES = 16;

    private final Hub hub;
    private final StreamRegistry streams;
    private final EndpointSettings settings;
    private final BodyBudget bodies;
    private final RefusalListener refusals;
    private final LongWork longWork;
    private final @Nullable TokenPermissions tokens;

    WebSocketHandler(
            Hub hub,
            StreamRegistry streams,
            EndpointSettings settings,
            BodyBudget bodies,
            RefusalListener refusals,
            @Nullable TokenPermissions tokens) {
        this.hub = hub;
        longWork = new LongWork(hub);
        this.streams = streams;
        this.settings = settings;
        this.bodies = bodies;
        this.refusals = refusals;
        this.tokens = tokens;
    }

    static boolean isWanted(HttpHeaders headers) {
        return "websocket".equalsIgnoreCase(headers.getUpgrade());
    }

    Mono<Void> handle(ServerWebExchange exchange, Permissions permissions) {
        ServerHttpResponse response = exchange.getResponse();
        String accept = accept(exchange);
        ReadRequest request = new ReadRequest(ExchangeHead.of(exchange), settings.wire());
        return longWork.first(
                request.isLong(),
                NettyExchange.channel(response),
                () -> permissions.filter(request.patterns()),
                filter -> open(
                        exchange, accept, permissions, filter, request.start().orElse(Start.NOW)));
    }

    private Mono<Void> open(
            ServerWebExchange exchange, String accept, Permissions permissions, EventFilter filter, Start start) {
        ServerHttpResponse response = exchange.getResponse();
        StreamOwner owner = StreamOwner.of(permissions);
        StreamPlace place =
                streams.reserve(filter, owner, NettyExchange.channel(response).remoteAddress());
        if (place == null) {
            throw Problem.noRoom();
        }
        return Mono.defer(() -> {
                    switchProtocols(exchange, accept);
                    return StreamStart.position(hub, start, NettyExchange.channel(response))
                            .flatMap(from -> Upgrade.of(
                                    response,
                                    new byte[0],
                                    place,
                                    channel -> join(place, channel, owner, filter, from)));
                })
                .doOnError(e -> place.release())
                .doOnCancel(place::release);
    }

    /** Checks the request and computes what proves to the client that it was understood. */
    private static String accept(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        HttpHeaders headers = request.getHeaders();
        if (!request.getMethod().equals(HttpMethod.GET)
                || !headers.getConnection().stream().anyMatch("upgrade"::equalsIgnoreCase)
                || !isHttp11(exchange)) {
            throw Problem.badRequest(
                    "invalid-handshake", "a WebSocket begins with an HTTP/1.1 GET and Connection: Upgrade");
        }
        if (!VERSION.equals(headers.getFirst("Sec-WebSocket-Version"))) {
            exchange.getResponse().getHeaders().set("Sec-WebSocket-Version", VERSION);
            throw new Problem(426, "websocket-version", "supported version of WebSocket: 13");
        }
        checkSubprotocol(headers);
        return accept(headers.getFirst("Sec-WebSocket-Key"));
    }

    /** A browser closes a connection that has none of the subprotocols that it offered, and would say no reason to its page. */
    private static void checkSubprotocol(HttpHeaders headers) {
        List<String> offered = headers.getValuesAsList("Sec-WebSocket-Protocol");
        if (!offered.isEmpty() && !offered.contains(SUBPROTOCOL)) {
            throw Problem.badRequest("invalid-handshake", "supported subprotocol: " + SUBPROTOCOL);
        }
    }

    private static boolean isHttp11(ServerWebExchange exchange) {
        HttpServerRequest request = NettyExchange.request(exchange.getResponse());
        return request.version().majorVersion() == 1 && request.version().minorVersion() == 1;
    }

    private static String accept(@Nullable String key) {
        if (key == null || !isKey(key)) {
            throw Problem.badRequest("invalid-handshake", "Sec-WebSocket-Key is 16 bytes in base64");
        }
        try {
            byte[] text = (key + GUID).getBytes(StandardCharsets.US_ASCII);
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void switchProtocols(ServerWebExchange exchange, String accept) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.SWITCHING_PROTOCOLS);
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.UPGRADE, "websocket");
        headers.set(HttpHeaders.CONNECTION, "Upgrade");
        headers.set("Sec-WebSocket-Accept", accept);
        if (exchange.getRequest().getHeaders().containsHeader("Sec-WebSocket-Protocol")) {
            headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
        }
        NettyExchange.response(response).chunkedTransfer(false);
    }

    private Subscriber join(StreamPlace place, Channel channel, StreamOwner owner, EventFilter filter, Position from) {
        WebSocketCommandHandler commands = new WebSocketCommandHandler(
                hub, settings.wire(), new Session(hub.clock(), owner, tokens), bodies, refusals);
        MessageIntake intake = new MessageIntake(
                bodies.open(channel.remoteAddress()), settings.wire().publish().bodyTimeout());
        int maxBytes = settings.wire().publish().maxBodyBytes();
        ChannelPipeline pipeline = channel.pipeline();
        // in front of the decoder, which answers what breaks the protocol with a close frame of its own
        pipeline.addLast(new WebSocket13FrameEncoder(false));
        pipeline.addLast(intake);
        pipeline.addLast(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .allowExtensions(false)
                .maxFramePayloadLength(maxBytes)
                .build()));
        pipeline.addLast(intake.new Frames());
        pipeline.addLast(new Utf8FrameValidator());
        pipeline.addLast(new WebSocketFrameAggregator(maxBytes));
        pipeline.addLast(commands);
        Subscriber subscriber = streams.join(place, channel, filter, FORMAT, from);
        commands.of(subscriber);
        return subscriber;
    }
}
