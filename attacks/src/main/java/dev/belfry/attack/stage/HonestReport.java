package dev.belfry.attack.stage;

import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How the honest clients fared while it was measured.
 *
 * @param published events that they meant to publish
 * @param refusals events that were not accepted, by the reason
 * @param lost events that were accepted and not delivered
 * @param publishNanos from when an event was meant to be published to the answer
 * @param deliveryNanos to when the subscriber had it
 * @param pollNanos to when a long poll had it, and how long short polls took
 * @param breaks how often the subscriber's stream ended
 * @param gaps that the subscriber was told of
 * @param failedPolls polls that were not answered with 200
 * @param ownDelay by how much the honest clients themselves were late at most: for want of a processor
 * @param lastAcknowledgedNanos when an event was last accepted, as {@link System#nanoTime()}
 */
public record HonestReport(
        int published,
        Map<String, Integer> refusals,
        int lost,
        Histogram publishNanos,
        Histogram deliveryNanos,
        Histogram pollNanos,
        int breaks,
        int gaps,
        int failedPolls,
        Duration ownDelay,
        long lastAcknowledgedNanos) {
    HonestReport(
            Ledger ledger,
            HonestSubscriber subscriber,
            HonestPoller longPoll,
            HonestPoller shortPoll,
            Duration ownDelay) {
        this(
                ledger.published(),
                Map.copyOf(ledger.refusals()),
                ledger.lost(),
                ledger.publish.histogram(),
                ledger.delivery.histogram(),
                ledger.poll.histogram(),
                subscriber.breaks(),
                subscriber.gaps(),
                longPoll.failures() + shortPoll.failures(),
                ownDelay,
                ledger.lastAcknowledgedNanos());
    }

    /** Of clients that could not even begin. */
    public static HonestReport none() {
        Histogram empty = new Histogram(3);
        return new HonestReport(0, Map.of(), 0, empty, empty, empty, 0, 0, 0, Duration.ZERO, Long.MIN_VALUE);
    }

    /** Events that were not accepted. */
    public int refused() {
        return refusals.values().stream().mapToInt(count -> count).sum();
    }
}
