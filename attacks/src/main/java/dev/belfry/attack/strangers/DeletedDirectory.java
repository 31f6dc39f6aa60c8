package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Directories;
import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Somebody deletes the data directory under the running server. It must stop accepting, say so, and start again. */
final class DeletedDirectory implements Attack {
    private static final Duration TO_NOTICE = Duration.ofSeconds(2);

    private long deletedAtNanos;

    @Override
    public String name() {
        return "deleted-directory";
    }

    @Override
    public String what() {
        return "the data directory deleted while the server runs";
    }

    @Override
    public Launch launch(Launch usual) {
        // not the usual one: nobody can use it afterwards
        return usual.with(List.of("--belfry.log.retention.age=1d"));
    }

    @Override
    public void run(Stage stage) throws IOException {
        stage.crowd().run(stage.time().dividedBy(4));
        Directories.delete(stage.server().dataDirectory());
        deletedAtNanos = System.nanoTime();
        // in the short form too, so that an acceptance behind the time to notice it shows
        stage.crowd().run(TO_NOTICE.multipliedBy(2));
    }

    @Override
    public List<String> broken(Stage stage, HonestReport honest) {
        List<String> broken = new ArrayList<>();
        Duration acknowledged = Duration.ofNanos(honest.lastAcknowledgedNanos() - deletedAtNanos);
        if (acknowledged.compareTo(TO_NOTICE) > 0) {
            broken.add("events are accepted for " + acknowledged.toMillis() + " ms");
        }
        if (stage.server().management().isUp()) {
            broken.add("health says UP");
        }
        try {
            stage.server().restart(() -> {});
        } catch (IOException e) {
            broken.add("the next start: " + e.getMessage());
        }
        return broken;
    }

    @Override
    public Set<Rule> waived() {
        return Set.of(Rule.ACCEPTING, Rule.HEALTHY, Rule.PROMPT);
    }
}
