package dev.belfry.webflux;

import dev.belfry.TopicSelector;
import dev.belfry.stream.Subscriber;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** How many subscribers of a shard have asked for each topic or pattern, by its spelling. On the shard's event loop. */
final class TopicCounts implements Consumer<Subscriber> {
    private static final int MAX_TOPICS = 20_000;

    private final Predicate<Subscriber> wanted;
    private final Map<String, Long> counts = new HashMap<>();
    private long matching;
    private boolean isComplete = true;

    TopicCounts(Predicate<Subscriber> wanted) {
        this.wanted = wanted;
    }

    @Override
    public void accept(Subscriber subscriber) {
        if (!wanted.test(subscriber)) {
            return;
        }
        matching++;
        for (TopicSelector selector : subscriber.filter().selectors()) {
            if (counts.size() < MAX_TOPICS || counts.containsKey(selector.name())) {
                counts.merge(selector.name(), 1L, Long::sum);
            } else {
                isComplete = false;
            }
        }
    }

    void addTo(Map<String, Long> all) {
        counts.forEach((name, count) -> all.merge(name, count, Long::sum));
    }

    long matching() {
        return matching;
    }

    /** Whether no topic was left out because there are too many. */
    boolean isComplete() {
        return isComplete;
    }
}
