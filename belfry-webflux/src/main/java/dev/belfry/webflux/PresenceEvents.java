package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.Hub;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.RareLine;
import dev.belfry.Topic;
import dev.belfry.TopicSelector;
import dev.belfry.stream.PresenceListener;
import dev.belfry.stream.StreamListener.LeaveCause;
import dev.belfry.stream.Subscriber;
import io.netty.buffer.ByteBufUtil;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Publishes that a subscriber has joined or left, on {@code $belfry/subscribers/SUBJECT}. So many a second at most, for whoever
 * reconnects all the time must not fill the log: the others are left out, and the next event says how many.
 */
public final class PresenceEvents implements PresenceListener {
    private static final RareLine failed = RareLine.warning(LoggerFactory.getLogger(PresenceEvents.class));
    private static final String PREFIX = "$belfry/subscribers/";
    private static final Duration TTL = Duration.ofDays(1);
    private static final int MAX_TOPICS = 16;
    private static final int MAX_BYTES = 4 << 10;

    private final Hub hub;
    private final int perSecond;
    private final LongSupplier nanoTime;
    private double tokens;
    private long refilledNanos;
    private long omitted;

    /** @param perSecond how many events it publishes a second at most; twice as many at once */
    public PresenceEvents(Hub hub, int perSecond) {
        this(hub, perSecond, System::nanoTime);
    }

    PresenceEvents(Hub hub, int perSecond, LongSupplier nanoTime) {
        this.hub = hub;
        this.perSecond = perSecond;
        this.nanoTime = nanoTime;
        tokens = 2.0 * perSecond;
        refilledNanos = nanoTime.getAsLong();
    }

    @Override
    public void joined(Subscriber subscriber) {
        publish(subscriber, "belfry.joined", null);
    }

    @Override
    public void left(Subscriber subscriber, LeaveCause cause) {
        publish(subscriber, "belfry.left", cause);
    }

    private void publish(Subscriber subscriber, String event, @Nullable LeaveCause cause) {
        long left = take();
        if (left < 0) {
            return;
        }
        try {
            Topic topic = topicOf(subscriber.owner().permissions().subject());
            Data data = Data.ofUtf8(data(subscriber, cause, left), true);
            Notification notification = new Notification(List.of(topic), event, data, false, TTL);
            hub.publish(Publication.ofServer(notification))
                    .subscribe(receipt -> {}, error -> notPublished(left, error));
        } catch (RuntimeException e) {
            notPublished(left, e);
        }
    }

    /** Returns how many were left out before; -1 when this one is. */
    private synchronized long take() {
        long now = nanoTime.getAsLong();
        double more = (now - refilledNanos) * (double) perSecond / TimeUnit.SECONDS.toNanos(1);
        tokens = Math.min(2.0 * perSecond, tokens + more);
        refilledNanos = now;
        if (tokens < 1) {
            omitted++;
            return -1;
        }
        tokens--;
        long before = omitted;
        omitted = 0;
        return before;
    }

    private synchronized void notPublished(long before, Throwable error) {
        omitted += before + 1;
        failed.log("presence not published cause={}", error.getClass().getSimpleName());
    }

    /** A segment for each subject: {@code -} for anonymous ones, and what would be more than a segment is percent-encoded. */
    static Topic topicOf(@Nullable String subject) {
        if (subject == null) {
            return new Topic(PREFIX + "-");
        }
        String segment = subject.replace("%", "%25").replace("/", "%2F").replace("*", "%2A");
        return new Topic(PREFIX + (segment.equals("-") ? "%2D" : segment));
    }

    private static byte[] data(Subscriber subscriber, @Nullable LeaveCause cause, long omitted) {
        JsonBody json = new JsonBody()
                .begin('{')
                .field("id", subscriber.id())
                .field("subject", subscriber.owner().permissions().subject())
                .field("transport", subscriber.transport())
                .field("cause", cause == null ? null : cause.name().toLowerCase(Locale.ROOT));
        json.name("topic").begin('[');
        int written = 0;
        for (TopicSelector selector : subscriber.filter().selectors()) {
            if (written < MAX_TOPICS && json.size() + selector.name().getBytes(UTF_8).length < MAX_BYTES) {
                json.value(selector.name());
                written++;
            }
        }
        json.end(']');
        if (written < subscriber.filter().selectors().size()) {
            json.field("moreTopics", (long) subscriber.filter().selectors().size() - written);
        }
        if (omitted > 0) {
            json.field("omitted", omitted);
        }
        return ByteBufUtil.getBytes(json.end('}').bytes());
    }
}
