package dev.belfry.attack;

import dev.belfry.attack.stage.AttackedServer;
import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Pauses;
import dev.belfry.attack.stage.Scale;
import dev.belfry.attack.stage.ServerLog;
import dev.belfry.attack.stage.Usage;
import dev.belfry.attack.strangers.Attack;
import dev.belfry.attack.strangers.Rule;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The rules that hold for every attack. */
final class Verdict {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Attack attack;
    private final Scale scale;
    private final Limits limits;

    Verdict(Attack attack, Scale scale, Limits limits) {
        this.attack = attack;
        this.scale = scale;
        this.limits = limits;
    }

    List<String> onClients(HonestReport honest) {
        List<String> broken = new ArrayList<>();
        if (honest.lost() > 0) {
            broken.add("%d accepted events not delivered".formatted(honest.lost()));
        }
        if (honest.gaps() > 0 || honest.breaks() > 0) {
            broken.add("the honest stream has %d gaps and %d ends".formatted(honest.gaps(), honest.breaks()));
        }
        if (holds(Rule.ACCEPTING) && honest.refused() > 0) {
            broken.add("%d of %d publications refused %s"
                    .formatted(honest.refused(), honest.published(), honest.refusals()));
        }
        if (holds(Rule.ACCEPTING) && honest.failedPolls() > 0) {
            broken.add("%d honest polls failed".formatted(honest.failedPolls()));
        }
        if (holds(Rule.PROMPT)) {
            addIfLate("publish", honest.publishNanos(), limits.publishMillis(), broken);
            addIfLate("delivery", honest.deliveryNanos(), limits.deliveryMillis(), broken);
            addIfLate("poll", honest.pollNanos(), limits.pollMillis(), broken);
        }
        return broken;
    }

    private boolean holds(Rule rule) {
        return !attack.waived().contains(rule);
    }

    private static void addIfLate(String what, Histogram nanos, double limitMillis, List<String> broken) {
        double millis = Limits.millis(nanos, 99);
        if (millis > limitMillis) {
            broken.add("%s p99 %,.0f ms, not %,.0f".formatted(what, millis, limitMillis));
        }
    }

    List<String> onServer(AttackedServer server, Usage before, Usage during) throws IOException {
        if (!server.isAlive()) {
            return List.of("the process has ended with " + server.exitCode());
        }
        List<String> broken = new ArrayList<>();
        if (holds(Rule.HEALTHY) && !Pauses.await(PATIENCE, server.management()::isUp)) {
            broken.add("health does not say UP");
        }
        if (during.peakBytes() > Limits.MOST_RESIDENT_BYTES) {
            broken.add("%,d MB of memory".formatted(during.peakBytes() >> 20));
        }
        if (!Pauses.await(PATIENCE, () -> isAsBefore(server.usage(), before))) {
            Usage now = server.usage();
            broken.add("left behind: %d descriptors, not %d; %d threads, not %d"
                    .formatted(now.descriptors(), before.descriptors(), now.threads(), before.threads()));
        }
        return broken;
    }

    private static boolean isAsBefore(Usage now, Usage before) {
        return now.descriptors() <= before.descriptors() + Limits.MORE_DESCRIPTORS
                && now.threads() <= before.threads() + Limits.MORE_THREADS;
    }

    List<String> onHeap(long liveBytes) {
        return liveBytes > Limits.MOST_LIVE_HEAP_BYTES
                ? List.of("%,d MB alive on the heap".formatted(liveBytes >> 20))
                : List.of();
    }

    List<String> onLog(ServerLog.News log) {
        List<String> broken = new ArrayList<>();
        double most = Limits.LOG_LINES_PER_SECOND * scale.time().toMillis() / 1e3 + Limits.LOG_LINES_ONCE;
        if (log.lines() > most) {
            broken.add("%,d log lines, %,d KB, such as %s".formatted(log.lines(), log.bytes() >> 10, log.examples()));
        }
        if (log.hasSecret()) {
            broken.add("a token is in the log");
        }
        return broken;
    }
}
