package dev.belfry.mercure;

import dev.belfry.Data;
import dev.belfry.Hub;
import dev.belfry.Notification;
import dev.belfry.RareLine;
import dev.belfry.Topic;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import dev.belfry.wire.Problem;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Who subscribes to what, if it is to be known: each subscription is a private update when it begins and when it ends, and can be asked
 * for in between. Any thread.
 */
final class MercurePresence {
    private static final RareLine failed = RareLine.warning(LoggerFactory.getLogger(MercurePresence.class));
    private static final int SUBSCRIPTION_BYTES = 400;

    private final Hub hub;
    private final MemoryBudget budget;
    private final Map<String, List<MercureSubscription>> bySubscriber = new ConcurrentHashMap<>();

    MercurePresence(Hub hub, MemoryBudget budget) {
        this.hub = hub;
        this.budget = budget;
    }

    /** A subscriber's subscriptions, and the room for them. */
    final class Session implements AutoCloseable {
        private final List<MercureSubscription> subscriptions;
        private final MemoryBudget.Hold room;

        private Session(List<MercureSubscription> subscriptions, MemoryBudget.Hold room) {
            this.subscriptions = subscriptions;
            this.room = room;
        }

        void begin() {
            bySubscriber.put(subscriptions.get(0).subscriber(), subscriptions);
            subscriptions.forEach(subscription -> publish(subscription, true));
        }

        /** If it has begun, it ends. */
        @Override
        public void close() {
            if (bySubscriber.remove(subscriptions.get(0).subscriber()) != null) {
                subscriptions.forEach(subscription -> publish(subscription, false));
            }
            room.close();
        }
    }

    /**
     * Makes a subscriber known, not yet to anybody.
     *
     * @throws Problem 503 when there is no room
     */
    Session open(List<Match> matches, MercureCaller caller, MercureGrants grants, @Nullable SocketAddress client) {
        String subscriber = "urn:uuid:" + UUID.randomUUID();
        List<MercureSubscription> subscriptions = matches.stream()
                .map(match -> new MercureSubscription(
                        caller.version(), match, subscriber, grants.payload(caller.claims(), match)))
                .toList();
        long bytes = matches.stream()
                .mapToLong(match -> SUBSCRIPTION_BYTES + 2L * match.value().length())
                .sum();
        MemoryBudget.Hold room = budget.hold(Use.PATTERNS, client, bytes);
        if (room == null) {
            throw Problem.noRoom();
        }
        return new Session(subscriptions, room);
    }

    Stream<MercureSubscription> all(MercureVersion version) {
        return bySubscriber.values().stream()
                .flatMap(List::stream)
                .filter(subscription -> subscription.version() == version);
    }

    /** One whose id is too long for a topic is not told of. */
    private void publish(MercureSubscription subscription, boolean isActive) {
        Optional<Topic> topic = Topics.of(subscription.id());
        if (topic.isEmpty()) {
            return;
        }
        String type = subscription.version() == MercureVersion.V1 ? "mercure" : "message";
        Data data = Data.ofUtf8(JsonText.utf8(subscription.toJson(isActive)), true);
        hub.publish(new Notification(List.of(topic.get()), type, data, false, null))
                .subscribe(receipt -> {}, error -> failed.log("subscription not told of cause={}", error.toString()));
    }
}
