package dev.belfry.webflux;

import dev.belfry.Event;
import dev.belfry.Hub;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.ReadClient;
import dev.belfry.Topic;
import dev.belfry.TopicPage;
import dev.belfry.TopicSelector;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.stream.Subscriber;
import dev.belfry.stream.SubscriberId;
import dev.belfry.wire.AdministrationRequest;
import dev.belfry.wire.EndReason;
import dev.belfry.wire.Problem;
import dev.belfry.wire.Representation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Who listens to what, which topics have events, and how far an event has got; and the ends of both, streams and events. For those
 * with a grant on {@link Permissions#ADMINISTRATION}.
 */
public final class AdministrationHandler implements WebHandler {
    /** A page ends behind the subscriber with which it is reached. */
    private static final int MAX_PAGE_BYTES = 1 << 20;

    private final Hub hub;
    private final StreamRegistry streams;
    private final Authorizer authorizer;
    private final FailureAnswer failures;
    private final OriginPolicy origins;
    private final AdministrationPaths paths;
    private final TopicReads reads;
    private final AnswerBodies bodies;
    private final WalkPermits permits = new WalkPermits();

    /** Serves a hub and its streams, beside the endpoint of the same settings. */
    public AdministrationHandler(
            Hub hub,
            StreamRegistry streams,
            EndpointSettings settings,
            Authorizer authorizer,
            RefusalListener refusals) {
        this.hub = hub;
        this.streams = streams;
        this.authorizer = authorizer;
        failures = new FailureAnswer(authorizer, refusals);
        origins = new OriginPolicy(settings);
        paths = AdministrationPaths.beside(settings.wire().path());
        reads = new TopicReads(hub);
        bodies = new AnswerBodies(streams.budget());
    }

    @Override
    public Mono<Void> handle(ServerWebExchange exchange) {
        return Mono.defer(() -> dispatch(exchange)).onErrorResume(error -> failures.answer(exchange, error));
    }

    private Mono<Void> dispatch(ServerWebExchange exchange) {
        origins.check(exchange);
        if (OriginPolicy.isPreflight(exchange)) {
            return origins.answerPreflight(exchange);
        }
        HttpMethod method = exchange.getRequest().getMethod();
        AdministrationPaths.Resource resource =
                paths.resource(ExchangeHead.of(exchange).path());
        if (!resource.methods().contains(method)) {
            String allowed = resource.allow();
            exchange.getResponse().getHeaders().set(HttpHeaders.ALLOW, allowed);
            throw new Problem(405, "method-not-allowed", "supported methods: " + allowed);
        }
        Channel channel = NettyExchange.channel(exchange.getResponse());
        return Authorization.ask(authorizer, exchange)
                .switchIfEmpty(Mono.error(AdministrationHandler::forbidden))
                .publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                .flatMap(permissions -> serve(exchange, permissions, resource))
                .publishOn(Schedulers.fromExecutor(channel.eventLoop()))
                .flatMap(json -> answer(exchange.getResponse(), json));
    }

    private static Problem forbidden() {
        return new Problem(403, "forbidden", "this needs a grant on " + Permissions.ADMINISTRATION);
    }

    private Mono<JsonBody> serve(
            ServerWebExchange exchange, Permissions permissions, AdministrationPaths.Resource resource) {
        boolean isChange = exchange.getRequest().getMethod().equals(HttpMethod.DELETE);
        if (isChange ? !permissions.mayAdminister() : !permissions.mayInspect()) {
            throw forbidden();
        }
        AdministrationRequest request = new AdministrationRequest(ExchangeHead.of(exchange), resource.path());
        ReadClient client = NettyExchange.client(NettyExchange.channel(exchange.getResponse()));
        return switch (resource.kind()) {
            case SUBSCRIBERS -> isChange ? disconnect(request, client) : subscribers(request, client);
            case TOPICS -> isChange ? deleteEvents(request) : topics(request, client);
            case REACH -> reach(request, client);
        };
    }

    // ---- subscribers

    private Mono<JsonBody> subscribers(AdministrationRequest request, ReadClient client) {
        if (request.rest() != null) {
            return one(request.rest(), client);
        }
        Predicate<Subscriber> wanted = wanted(request);
        int limit = request.limit();
        String count = request.parameter("count");
        if (count == null) {
            SubscriberId after = after(request);
            return permits.with(client.name(), () -> visit(() -> new SubscriberPage(wanted, after, limit)))
                    .map(pages -> page(pages, limit));
        }
        if (!count.equals("topic")) {
            throw Problem.badRequest("invalid-query", "count is topic");
        }
        return permits.with(client.name(), () -> visit(() -> new TopicCounts(wanted)))
                .map(counts -> counts(counts, limit));
    }

    private <V extends Consumer<Subscriber>> Mono<List<V>> visit(Supplier<V> visitors) {
        return Mono.fromFuture(() -> streams.visit(visitors));
    }

    private static Predicate<Subscriber> wanted(AdministrationRequest request) {
        List<Predicate<Subscriber>> all = new ArrayList<>();
        String subject = request.parameter("subject");
        if (subject != null) {
            all.add(s -> subject.equals(s.owner().permissions().subject()));
        }
        String transport = request.parameter("transport");
        if (transport != null) {
            all.add(s -> transport.equals(s.transport()));
        }
        String topic = request.parameter("topic");
        if (topic != null) {
            all.add(SubscriberPage.asksFor(topic));
        }
        return subscriber -> {
            for (Predicate<Subscriber> one : all) {
                if (!one.test(subscriber)) {
                    return false;
                }
            }
            return true;
        };
    }

    private static @Nullable SubscriberId after(AdministrationRequest request) {
        String text = request.parameter("after");
        return text == null ? null : idOf(text);
    }

    private static SubscriberId idOf(String text) {
        SubscriberId id = SubscriberId.parse(text);
        if (id == null) {
            throw Problem.badRequest("invalid-subscriber", "a subscriber's id is as in the list of subscribers");
        }
        return id;
    }

    private JsonBody page(List<SubscriberPage> pages, int limit) {
        List<SubscriberPage.Entry> entries = pages.stream()
                .map(SubscriberPage::entries)
                .flatMap(Collection::stream)
                .sorted((one, other) -> SubscriberPage.ORDER.compare(one.id(), other.id()))
                .toList();
        JsonBody json = new JsonBody().begin('{').name("subscribers").begin('[');
        int written = 0;
        while (written < Math.min(limit, entries.size()) && json.size() < MAX_PAGE_BYTES) {
            write(entries.get(written++), json);
        }
        json.end(']')
                .field(
                        "matching",
                        pages.stream().mapToLong(SubscriberPage::matching).sum());
        if (written < entries.size()) {
            json.field("next", entries.get(written - 1).id());
        }
        return json.end('}');
    }

    private void write(SubscriberPage.Entry entry, JsonBody json) {
        json.begin('{').field("id", entry.id()).field("subject", entry.subject());
        json.name("topic").begin('[');
        entry.selectors().stream().map(TopicSelector::name).sorted().forEach(json::value);
        json.end(']')
                .field("since", entry.since())
                .field("transport", entry.transport())
                .field("address", entry.address())
                .field("state", entry.isLive() ? "LIVE" : "BEHIND")
                .field("position", hub.shown(entry.position()));
        long behind = Math.max(0, hub.log().head().offset() - entry.position().offset());
        long kept = hub.log().status().keptEvents();
        long average = kept == 0 ? 0 : hub.log().status().keptBytes() / kept;
        json.name("behindEstimate")
                .begin('{')
                .field("events", behind)
                .field("bytes", behind * average)
                .end('}')
                .end('}');
    }

    private static JsonBody counts(List<TopicCounts> counts, int limit) {
        Map<String, Long> all = new HashMap<>();
        counts.forEach(count -> count.addTo(all));
        JsonBody json = new JsonBody().begin('{').name("topics").begin('[');
        Stream<Map.Entry<String, Long>> most = all.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .limit(limit);
        most.forEach(entry -> json.begin('{')
                .field("topic", entry.getKey())
                .field("subscribers", entry.getValue().longValue())
                .end('}'));
        return json.end(']')
                .field(
                        "matching",
                        counts.stream().mapToLong(TopicCounts::matching).sum())
                .field("complete", all.size() <= limit && counts.stream().allMatch(TopicCounts::isComplete))
                .end('}');
    }

    private Mono<JsonBody> one(String text, ReadClient client) {
        SubscriberId id = idOf(text);
        return permits.with(client.name(), () -> visit(() -> new SubscriberPage(s -> s.hasId(id), null, 1)))
                .map(pages -> {
                    JsonBody json = new JsonBody();
                    SubscriberPage.Entry entry = pages.stream()
                            .flatMap(page -> page.entries().stream())
                            .findFirst()
                            .orElseThrow(AdministrationHandler::unknownSubscriber);
                    write(entry, json);
                    return json;
                });
    }

    private static Problem unknownSubscriber() {
        return new Problem(404, "unknown-subscriber", "no subscriber with this id is connected");
    }

    // ---- the ends of streams

    private Mono<JsonBody> disconnect(AdministrationRequest request, ReadClient client) {
        String rest = request.rest();
        String subject = request.parameter("subject");
        if (rest == null && subject == null) {
            throw Problem.badRequest("invalid-query", "which streams: an id in the path, or subject in the query");
        }
        SubscriberId id = rest == null ? null : idOf(rest);
        Predicate<Subscriber> wanted = id == null
                ? s -> String.valueOf(subject).equals(s.owner().permissions().subject())
                : s -> s.hasId(id);
        return permits.with(client.name(), () -> visit(() -> new Disconnect(wanted)))
                .map(disconnects -> {
                    long count = disconnects.stream().mapToLong(d -> d.count).sum();
                    if (id != null && count == 0) {
                        throw unknownSubscriber();
                    }
                    return new JsonBody()
                            .begin('{')
                            .field("disconnected", count)
                            .end('}');
                });
    }

    /** Ends streams of a shard, on its event loop. */
    private static final class Disconnect implements Consumer<Subscriber> {
        private final Predicate<Subscriber> wanted;
        private long count;

        Disconnect(Predicate<Subscriber> wanted) {
            this.wanted = wanted;
        }

        @Override
        public void accept(Subscriber subscriber) {
            if (!subscriber.hasLeft() && wanted.test(subscriber)) {
                subscriber.end(EndReason.DISCONNECTED);
                count++;
            }
        }
    }

    // ---- topics

    private Mono<JsonBody> topics(AdministrationRequest request, ReadClient client) {
        if (request.rest() != null) {
            return topic(request.topic(""), client);
        }
        String prefix = request.parameter("prefix");
        Position before = request.position("before");
        int limit = request.limit();
        return permits.with(client.name(), () -> reads.topics(client, prefix == null ? "" : prefix, before, limit))
                .map(AdministrationHandler::topics);
    }

    private static JsonBody topics(TopicPage page) {
        JsonBody json = new JsonBody().begin('{').name("topics").begin('[');
        for (TopicPage.Entry entry : page.topics()) {
            json.begin('{')
                    .field("topic", entry.topic())
                    .field("newest", entry.newest())
                    .field("time", entry.time())
                    .end('}');
        }
        json.end(']');
        return (page.isLast() ? json : json.field("next", page.next()))
                .field("more", !page.isLast())
                .end('}');
    }

    private Mono<JsonBody> topic(Topic topic, ReadClient client) {
        Predicate<Subscriber> asksFor = SubscriberPage.asksFor(topic.name());
        return permits.with(
                client.name(),
                () -> reads.stats(client, topic)
                        .flatMap(stats -> visit(() -> new SubscriberPage(asksFor, null, 0))
                                .map(pages -> topic(topic, stats, pages))));
    }

    private static JsonBody topic(Topic topic, TopicReads.Stats stats, List<SubscriberPage> pages) {
        JsonBody json = new JsonBody()
                .begin('{')
                .field("topic", topic)
                .field("events", stats.events())
                .field("bytes", stats.bytes())
                .field("exact", stats.isExact());
        Event oldest = stats.oldest();
        if (oldest != null) {
            json.name("oldest")
                    .begin('{')
                    .field("id", oldest.position())
                    .field("time", oldest.time())
                    .end('}');
        }
        return json.field("newest", stats.newest())
                .field(
                        "subscribers",
                        pages.stream().mapToLong(SubscriberPage::matching).sum())
                .end('}');
    }

    private Mono<JsonBody> deleteEvents(AdministrationRequest request) {
        Topic topic = request.topic("/events");
        return Mono.fromFuture(() -> hub.log().delete(topic)).map(count -> {
            streams.forgetEvents();
            return new JsonBody().begin('{').field("deleted", count.longValue()).end('}');
        });
    }

    // ---- reach

    private Mono<JsonBody> reach(AdministrationRequest request, ReadClient client) {
        Position id = Position.parse(String.valueOf(request.rest()).replaceFirst("/reach$", ""));
        return permits.with(
                client.name(),
                () -> reads.event(client, id)
                        .switchIfEmpty(
                                Mono.error(() -> new Problem(404, "unknown-event", "no event with this id is kept")))
                        .flatMap(event -> visit(() -> new Reach(event)).map(parts -> reach(event, parts))));
    }

    private JsonBody reach(Event event, List<Reach> parts) {
        Reach all = new Reach(event);
        parts.forEach(all::add);
        JsonBody json = new JsonBody().begin('{').field("id", event.position());
        all.writeTo(json, hub.log().head());
        return json.end('}');
    }

    // ---- answers

    private Mono<Void> answer(ServerHttpResponse response, JsonBody json) {
        HttpHeaders headers = response.getHeaders();
        headers.set(HttpHeaders.CONTENT_TYPE, Representation.JSON.mediaType());
        headers.setCacheControl("no-store");
        headers.setContentLength(json.size());
        ByteBuf held = bodies.hold(json.bytes(), NettyExchange.channel(response).remoteAddress());
        return response.writeWith(Mono.fromSupplier(() -> HeldAnswer.wrap(held)));
    }
}
