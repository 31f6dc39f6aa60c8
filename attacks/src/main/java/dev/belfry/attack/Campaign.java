package dev.belfry.attack;

import dev.belfry.attack.stage.AttackedServer;
import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.stage.Scale;
import dev.belfry.attack.strangers.Attack;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Attacks one after the other on one server, as long as it holds; those that need a server of their own get it. */
public final class Campaign implements AutoCloseable {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration REHEARSAL = Duration.ofSeconds(3);
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final Launch launch;
    private final Scale scale;
    private final Duration warmUp;
    private final Duration rehearsal;
    private Limits limits;
    private @Nullable AttackedServer shared;

    private Campaign(Launch launch, Scale scale, Duration warmUp, Duration rehearsal, Limits limits) {
        this.launch = launch;
        this.scale = scale;
        this.warmUp = warmUp;
        this.rehearsal = rehearsal;
        this.limits = limits;
    }

    /** For a test: a second and a half an attack, no processor of its own, and only a standstill counts as late. */
    public static Campaign shortForm(Path jar) {
        Scale scale = new Scale(Duration.ofMillis(1500), 20);
        return new Campaign(new Launch(jar, ""), scale, Duration.ofMillis(500), Duration.ZERO, Limits.lenient());
    }

    /** For a report. Until {@link #judgeBy} latencies are not judged. */
    static Campaign longForm(Launch launch, Duration time) {
        return new Campaign(launch, new Scale(time, 1), WARM_UP, REHEARSAL, Limits.none());
    }

    /** Measures how it is without an attack. */
    Outcome quiet() throws IOException {
        return new Trial(new Quiet(), shared(), new Scale(QUIET, 1), Limits.none()).run(warmUp);
    }

    void judgeBy(HonestReport quiet) {
        limits = Limits.over(quiet);
    }

    /** Makes an attack. A server that did not hold is not used again. */
    public Outcome make(Attack attack) throws IOException {
        Launch own = attack.launch(launch);
        if (own.equals(launch)) {
            boolean isNew = shared == null;
            Outcome outcome = trial(attack, shared()).rehearsed(rehearsal).run(isNew ? warmUp : Duration.ZERO);
            if (!outcome.isHeld()) {
                close();
            }
            return outcome;
        }
        try (AttackedServer server = AttackedServer.start(own)) {
            return trial(attack, server).run(warmUp);
        }
    }

    private Trial trial(Attack attack, AttackedServer server) {
        return new Trial(attack, server, scale, limits);
    }

    private AttackedServer shared() throws IOException {
        AttackedServer server = shared;
        if (server == null) {
            server = AttackedServer.start(launch);
            shared = server;
        }
        return server;
    }

    @Override
    public void close() throws IOException {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }
}
