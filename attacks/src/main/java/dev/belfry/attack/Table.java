package dev.belfry.attack;

import dev.belfry.attack.stage.HonestReport;
import java.io.PrintStream;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Outcomes as rows, printed as they come. Latencies are p50/p99/max in milliseconds. */
final class Table {
    private static final String ROW = "%-20s %-18s %-18s %-18s %5s %8s %6s %6s %7s %8s %6s  %s%n";

    private final PrintStream out;

    Table(PrintStream out) {
        this.out = out;
    }

    void head() {
        out.printf(
                ROW,
                "attack",
                "publish ms",
                "delivery ms",
                "polls ms",
                "lost",
                "refused",
                "heap",
                "RSS",
                "fds",
                "threads",
                "lines",
                "outcome");
    }

    void row(Outcome outcome) {
        HonestReport honest = outcome.honest();
        out.printf(
                ROW,
                outcome.name(),
                latencies(honest.publishNanos()),
                latencies(honest.deliveryNanos()),
                latencies(honest.pollNanos()),
                honest.lost(),
                honest.refused() + "/" + honest.published(),
                megabytes(outcome.liveHeapBytes()),
                megabytes(outcome.during().peakBytes()),
                outcome.during().descriptors(),
                outcome.during().threads(),
                outcome.log().lines(),
                outcome.isHeld() ? "held" : "NOT HELD");
        outcome.broken().forEach(rule -> out.println("    " + rule));
        if (honest.ownDelay().toMillis() > 20) {
            out.println("    (the honest clients themselves were up to "
                    + honest.ownDelay().toMillis() + " ms late, for want of a processor)");
        }
        out.flush();
    }

    private static String latencies(Histogram nanos) {
        return whole(Limits.millis(nanos, 50)) + "/" + whole(Limits.millis(nanos, 99)) + "/"
                + whole(nanos.getMaxValue() / 1e6);
    }

    private static String whole(double millis) {
        return String.format(Locale.ROOT, millis < 10 ? "%.1f" : "%.0f", millis);
    }

    private static String megabytes(long bytes) {
        return bytes < 0 ? "?" : Long.toString(bytes >> 20);
    }
}
