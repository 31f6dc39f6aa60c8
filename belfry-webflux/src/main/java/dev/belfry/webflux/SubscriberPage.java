package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Topic;
import dev.belfry.TopicSelector;
import dev.belfry.stream.Subscriber;
import dev.belfry.stream.SubscriberId;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The first subscribers of a shard behind an id, of those that are asked for. On the shard's event loop. */
final class SubscriberPage implements Consumer<Subscriber> {
    static final Comparator<SubscriberId> ORDER =
            Comparator.comparing(SubscriberId::shard).thenComparing(SubscriberId::number, Integer::compareUnsigned);

    private final Predicate<Subscriber> wanted;
    private final @Nullable SubscriberId after;
    private final int limit;
    private final TreeMap<SubscriberId, Entry> first = new TreeMap<>(ORDER);
    private long matching;

    /** What is told of one. */
    record Entry(
            SubscriberId id,
            @Nullable String subject,
            Set<TopicSelector> selectors,
            Instant since,
            String transport,
            @Nullable String address,
            boolean isLive,
            Position position) {
        static Entry of(Subscriber subscriber) {
            Permissions permissions = subscriber.owner().permissions();
            return new Entry(
                    subscriber.id(),
                    permissions.subject(),
                    subscriber.filter().selectors(),
                    subscriber.joined(),
                    subscriber.transport(),
                    spelled(subscriber.address()),
                    subscriber.isLive(),
                    subscriber.position());
        }

        /** Without asking a name server. */
        private static @Nullable String spelled(@Nullable SocketAddress address) {
            if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
                return null;
            }
            String host = inet.getAddress().getHostAddress();
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
        }
    }

    SubscriberPage(Predicate<Subscriber> wanted, @Nullable SubscriberId after, int limit) {
        this.wanted = wanted;
        this.after = after;
        this.limit = limit;
    }

    @Override
    public void accept(Subscriber subscriber) {
        if (!wanted.test(subscriber)) {
            return;
        }
        matching++;
        SubscriberId id = subscriber.id();
        boolean isBehind = after == null || ORDER.compare(id, after) > 0;
        if (isBehind && (first.size() <= limit || ORDER.compare(id, first.lastKey()) < 0)) {
            first.put(id, Entry.of(subscriber));
            if (first.size() > limit + 1) {
                first.pollLastEntry();
            }
        }
    }

    Collection<Entry> entries() {
        return first.values();
    }

    long matching() {
        return matching;
    }

    /** Whether a subscription selects a topic, or has a pattern that is spelled like this. */
    static Predicate<Subscriber> asksFor(String topic) {
        Topic exact = topic.indexOf('*') < 0 ? new Topic(topic) : null;
        return subscriber -> subscriber.filter().selectors().stream()
                .anyMatch(selector -> selector.name().equals(topic) || (exact != null && exact.isSelectedBy(selector)));
    }
}
