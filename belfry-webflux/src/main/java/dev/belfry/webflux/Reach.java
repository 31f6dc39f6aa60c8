package dev.belfry.webflux;

import dev.belfry.Event;
import dev.belfry.Position;
import dev.belfry.stream.Subscriber;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How far the subscribers of a shard are that would get an event, by where they are in the log: nothing is kept for each delivery. On
 * the shard's event loop.
 */
final class Reach implements Consumer<Subscriber> {
    /** To which a subscriber's beginning is known. */
    private static final Duration GRAIN = Duration.ofMillis(100);

    private final Event event;
    private long written;
    private long later;
    private long behind;
    private SubscriberPage.@Nullable Entry slowest;

    Reach(Event event) {
        this.event = event;
    }

    @Override
    public void accept(Subscriber subscriber) {
        if (!subscriber.filter().accepts(event)) {
            return;
        }
        Position position = subscriber.position();
        if (position.offset() < event.position().offset()) {
            behind++;
            if (slowest == null || position.offset() < slowest.position().offset()) {
                slowest = SubscriberPage.Entry.of(subscriber);
            }
        } else if (wasThere(subscriber)) {
            written++;
        } else {
            later++;
        }
    }

    /** One that joined later may have begun behind the event, or have read it from the log. */
    private boolean wasThere(Subscriber subscriber) {
        Instant joined = subscriber.joined();
        return !joined.plus(GRAIN).isAfter(event.time());
    }

    void add(Reach other) {
        written += other.written;
        later += other.later;
        behind += other.behind;
        SubscriberPage.Entry theirs = other.slowest;
        if (theirs != null
                && (slowest == null
                        || theirs.position().offset() < slowest.position().offset())) {
            slowest = theirs;
        }
    }

    void writeTo(JsonBody json, Position head) {
        json.field("subscribers", written + later + behind)
                .field("written", written)
                .field("later", later)
                .field("behind", behind);
        if (slowest != null) {
            json.name("slowest")
                    .begin('{')
                    .field("id", slowest.id())
                    .field("subject", slowest.subject())
                    .field("position", slowest.position())
                    .field(
                            "behindHead",
                            Math.max(0, head.offset() - slowest.position().offset()))
                    .end('}');
        }
    }
}
