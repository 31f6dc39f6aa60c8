package dev.belfry.attack;

import dev.belfry.attack.stage.AttackedServer;
import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.stage.Scale;
import dev.belfry.attack.stage.Usage;
import dev.belfry.attack.strangers.Attack;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** All attacks in turn on one server, for minutes; it must be at the end as it was at the start. */
final class Soak {
    private static final Duration EACH = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Scale SCALE = new Scale(EACH, 20);

    /** What allocators keep for the next time. The heap is all there from the beginning. */
    private static final long MORE_RESIDENT_BYTES = 200L << 20;

    private static final long MORE_HEAP_BYTES = 20L << 20;

    private final Launch launch;
    private final Table table;
    private final PrintStream out;

    Soak(Launch launch, Table table, PrintStream out) {
        // so that large events do not fill the disk
        this.launch = launch.with(List.of("--belfry.log.retention.bytes=512MB"));
        this.table = table;
        this.out = out;
    }

    /** Whether the server is at the end as it was. */
    boolean run(List<Attack> attacks, Duration time) throws IOException {
        try (AttackedServer server = AttackedServer.start(launch)) {
            Outcome start = quiet(server);
            Usage usageAtStart = server.usage();
            table.row(start);
            Limits limits = Limits.over(start.honest());
            boolean allHeld = attackInTurn(attacks, server, limits, time);
            Outcome end = quiet(server);
            table.row(end);
            boolean isAsBefore = compare(start, usageAtStart, end, server.usage(), limits);
            return isAsBefore && allHeld;
        }
    }

    private static Outcome quiet(AttackedServer server) {
        return new Trial(new Quiet(), server, new Scale(QUIET, 1), Limits.none()).run(WARM_UP);
    }

    private boolean attackInTurn(List<Attack> attacks, AttackedServer server, Limits limits, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        boolean allHeld = true;
        for (int i = 0; System.nanoTime() - end < 0 && server.isAlive(); i++) {
            Attack attack = attacks.get(i % attacks.size());
            Outcome outcome = new Trial(attack, server, SCALE, limits).run(Duration.ZERO);
            table.row(outcome);
            allHeld &= outcome.isHeld();
        }
        return allHeld;
    }

    /** @param more by how much it may be more at the end */
    private record Figure(String what, long start, long end, long more) {
        boolean isMet() {
            return end <= start + more;
        }

        @Override
        public String toString() {
            String row = "%-22s %,7d at the start, %,7d at the end".formatted(what, start, end);
            return isMet() ? row : row + ": TOO MUCH";
        }
    }

    private boolean compare(Outcome start, Usage usageAtStart, Outcome end, Usage usageAtEnd, Limits limits) {
        List<Figure> figures = List.of(
                megabytes("heap after GC, MB", start.liveHeapBytes(), end.liveHeapBytes(), MORE_HEAP_BYTES),
                megabytes(
                        "resident memory, MB",
                        usageAtStart.residentBytes(),
                        usageAtEnd.residentBytes(),
                        MORE_RESIDENT_BYTES),
                new Figure(
                        "descriptors", usageAtStart.descriptors(), usageAtEnd.descriptors(), Limits.MORE_DESCRIPTORS),
                new Figure("threads", usageAtStart.threads(), usageAtEnd.threads(), Limits.MORE_THREADS),
                new Figure("publish p99, ms", publishMillis(start), publishMillis(end), (long) limits.publishMillis()));
        figures.forEach(out::println);
        return figures.stream().allMatch(Figure::isMet);
    }

    private static Figure megabytes(String what, long start, long end, long more) {
        return new Figure(what, start >> 20, end >> 20, more >> 20);
    }

    private static long publishMillis(Outcome outcome) {
        return (long) Limits.millis(outcome.honest().publishNanos(), 99);
    }
}
