package dev.belfry.mercure;

import dev.belfry.EventFilter;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.webflux.LongWork;
import dev.belfry.webflux.NettyExchange;
import dev.belfry.webflux.StreamDoor;
import io.netty.channel.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** {@code GET} and {@code QUERY}: a stream of updates. */
final class SubscribeHandler {
    /** What an event loop has the time to compile. */
    private static final int LONG_CHARS = 1024;

    private final Hub hub;
    private final LongWork longWork;
    private final StreamDoor streams;
    private final UrlSpelling spelling;
    private final MercureGrants grants;
    private final @Nullable MercurePresence presence;

    /** @param presence null when nobody is to know who subscribes */
    SubscribeHandler(Hub hub, StreamDoor streams, MercureSettings settings, @Nullable MercurePresence presence) {
        this.hub = hub;
        longWork = new LongWork(hub);
        this.streams = streams;
        spelling = settings.spelling();
        grants = new MercureGrants(settings);
        this.presence = presence;
    }

    Mono<Void> handle(ServerWebExchange exchange, MercureCaller caller, Form form) {
        return longWork.first(
                form.length() > LONG_CHARS,
                NettyExchange.channel(exchange.getResponse()),
                () -> Matches.of(form, caller.version(), spelling),
                matches -> open(exchange, caller, form, matches));
    }

    private Mono<Void> open(ServerWebExchange exchange, MercureCaller caller, Form form, List<Match> matches) {
        Permissions permissions = caller.permissions();
        EventFilter filter = permissions.filter(Matches.selectors(matches));
        setHeaders(exchange.getResponse().getHeaders());
        if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
            return exchange.getResponse().setComplete();
        }
        String headerName = caller.version() == MercureVersion.V1 ? "Mercure-Last-Event-ID" : "Last-Event-ID";
        StreamDoor.Stream stream = new StreamDoor.Stream(filter, permissions, MercureEncoder.INSTANCE, true);
        return Mono.using(
                () -> session(exchange, matches, caller),
                session -> streams.open(
                        exchange,
                        stream,
                        Cursor.of(exchange, form, caller.version()).start(hub, filter, exchange, headerName),
                        session::joined),
                Session::closeUnlessJoined);
    }

    private static void setHeaders(HttpHeaders headers) {
        headers.set(HttpHeaders.CONTENT_TYPE, "text/event-stream");
        headers.setCacheControl("private, no-cache, no-store, must-revalidate, max-age=0");
        headers.set("X-Accel-Buffering", "no");
    }

    private Session session(ServerWebExchange exchange, List<Match> matches, MercureCaller caller) {
        Channel channel = NettyExchange.channel(exchange.getResponse());
        return new Session(presence == null ? null : presence.open(matches, caller, grants, channel.remoteAddress()));
    }

    /** What lasts as long as the channel does. */
    private static final class Session {
        private final MercurePresence.@Nullable Session subscriptions;
        private boolean hasJoined;

        Session(MercurePresence.@Nullable Session subscriptions) {
            this.subscriptions = subscriptions;
        }

        void joined(Channel channel) {
            hasJoined = true;
            if (subscriptions != null) {
                subscriptions.begin();
                channel.closeFuture().addListener(closed -> subscriptions.close());
            }
        }

        void closeUnlessJoined() {
            if (!hasJoined && subscriptions != null) {
                subscriptions.close();
            }
        }
    }
}
