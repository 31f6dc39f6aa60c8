package dev.belfry.attack;

import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.ServerLog;
import dev.belfry.attack.stage.Usage;
import java.util.List;

/**
 * What an attack did.
 *
 * @param name of the attack
 * @param honest how the honest clients fared
 * @param during what the server took while the attack was made
 * @param liveHeapBytes what was alive on its heap afterwards; -1 when it did not say
 * @param log what it wrote meanwhile
 * @param broken the rules that did not hold, each as a sentence
 */
public record Outcome(
        String name, HonestReport honest, Usage during, long liveHeapBytes, ServerLog.News log, List<String> broken) {
    public Outcome {
        broken = List.copyOf(broken);
    }

    /** The attack, or the honest clients, could not even begin. */
    static Outcome failed(String name, String why) {
        ServerLog.News nothing = new ServerLog.News(0, 0, false, List.of());
        return new Outcome(name, HonestReport.none(), new Usage(0, 0, 0, 0), -1, nothing, List.of(why));
    }

    public boolean isHeld() {
        return broken.isEmpty();
    }
}
