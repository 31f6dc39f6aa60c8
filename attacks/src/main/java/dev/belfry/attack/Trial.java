package dev.belfry.attack;

import dev.belfry.attack.stage.AttackedServer;
import dev.belfry.attack.stage.HonestClients;
import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Scale;
import dev.belfry.attack.stage.ServerLog;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Usage;
import dev.belfry.attack.strangers.Attack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One attack on one server, from what it needs to what is left behind it. */
final class Trial {
    /** From the first honest event to the first that is measured. */
    private static final Duration SETTLE = Duration.ofMillis(300);

    private final Attack attack;
    private final AttackedServer server;
    private final Scale scale;
    private final Limits limits;
    private final List<String> broken = new ArrayList<>();
    private Duration rehearsal = Duration.ZERO;

    Trial(Attack attack, AttackedServer server, Scale scale, Limits limits) {
        this.attack = attack;
        this.server = server;
        this.scale = scale;
        this.limits = limits;
    }

    /**
     * Makes the attack for so long before it is measured. A server that meets something for the first time loads and
     * compiles code for it, which on one processor costs more than most attacks.
     */
    Trial rehearsed(Duration time) {
        rehearsal = time;
        return this;
    }

    /** @param warmUp how long the server is warmed up before; it may be zero */
    Outcome run(Duration warmUp) {
        try {
            return runToTheEnd(warmUp);
        } catch (IOException e) {
            return Outcome.failed(attack.name(), "it could not begin: " + e.getMessage());
        }
    }

    private Outcome runToTheEnd(Duration warmUp) throws IOException {
        try (Stage stage = new Stage(server, scale)) {
            attack.prepare(stage);
            server.log().news();
            stage.warmUp(warmUp);
            Usage before = server.usage();
            rehearse();
            HonestClients clients = HonestClients.start(server.port());
            stage.crowd().run(SETTLE);
            server.forgetPeak();
            clients.measure();
            attack(stage);
            Usage during = server.usage();
            stage.close();
            return judge(stage, before, during, clients.finish());
        }
    }

    private void rehearse() throws IOException {
        if (!rehearsal.isZero()) {
            try (Stage stage = new Stage(server, scale.lasting(rehearsal))) {
                stage.begin();
                attack.run(stage);
            }
        }
    }

    private void attack(Stage stage) {
        stage.begin();
        try {
            attack.run(stage);
        } catch (IOException e) {
            broken.add("the attack itself is not answered: " + e);
        }
    }

    private Outcome judge(Stage stage, Usage before, Usage during, HonestReport honest) throws IOException {
        Verdict verdict = new Verdict(attack, scale, limits);
        ServerLog.News log = server.log().news();
        broken.addAll(verdict.onClients(honest));
        broken.addAll(verdict.onServer(server, before, during));
        broken.addAll(verdict.onLog(log));
        long liveHeapBytes = server.liveHeapBytes();
        broken.addAll(verdict.onHeap(liveHeapBytes));
        if (server.isAlive()) {
            broken.addAll(attack.broken(stage, honest));
        }
        return new Outcome(attack.name(), honest, during, liveHeapBytes, log, broken);
    }
}
