package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Directories;
import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.stage.Pauses;
import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** As many events as the server takes, of which it is to keep little: because of their bytes, or because they are soon over. */
final class OutrunRetention implements Attack {
    private static final int PUBLISHERS = 4;
    private static final int BATCH = 1000;
    private static final int DATA_LENGTH = 200;
    private static final long KEPT_BYTES = 20 << 20;

    /** What the log may have when the flood ends: what it is to keep, and what came in the last second. */
    private static final long MOST_AT_THE_END_BYTES = KEPT_BYTES + (40 << 20);

    /** What it may have soon after. */
    private static final long MOST_KEPT_BYTES = 2 * KEPT_BYTES;

    private static final Duration SOON = Duration.ofSeconds(5);

    /** As docs/operations.md has it: twice the limit, the write-ahead log, and what is on its way out. */
    private static final long MOST_DISK_BYTES = 2 * KEPT_BYTES + (256L << 20);

    private final String name;
    private final String what;
    private final String property;
    private final byte[] batch;
    private double bytesAtTheEnd;

    private OutrunRetention(String name, String what, String property, byte[] batch) {
        this.name = name;
        this.what = what;
        this.property = property;
        this.batch = batch;
    }

    static OutrunRetention byBytes() {
        return new OutrunRetention(
                "outrun-retention",
                "as many events as the server takes, of which 20 MB are to be kept",
                "--belfry.log.retention.bytes=20MB",
                Requests.postLines(Requests.lines(BATCH, "flood", DATA_LENGTH)));
    }

    static OutrunRetention byTtl() {
        String lines = Requests.lines(BATCH, "flood", DATA_LENGTH).replace("{\"topic\"", "{\"ttl\":1,\"topic\"");
        return new OutrunRetention(
                "outrun-expiry",
                "as many events as the server takes, each for one second",
                "--belfry.log.retention.bytes=2GB",
                Requests.postLines(lines));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String what() {
        return what;
    }

    /** On all processors: on one of them the publishers are too slow to outrun anything. */
    @Override
    public Launch launch(Launch usual) {
        return usual.with(List.of(property)).anywhere();
    }

    @Override
    public void run(Stage stage) throws IOException {
        stage.crowd().gather(PUBLISHERS, stranger -> stranger.send(batch));
        stage.every(
                Duration.ofMillis(1),
                () -> stage.crowd().strangers().stream()
                        .filter(Stranger::isAnswered)
                        .forEach(publisher -> publisher.send(batch)));
        bytesAtTheEnd = keptBytes(stage);
    }

    private static double keptBytes(Stage stage) {
        return stage.server().management().metric("belfry_log_bytes");
    }

    @Override
    public List<String> broken(Stage stage, HonestReport honest) throws IOException {
        List<String> broken = new ArrayList<>();
        if (bytesAtTheEnd > MOST_AT_THE_END_BYTES) {
            broken.add("the log has %,.0f MB when the flood ends".formatted(bytesAtTheEnd / 1e6));
        }
        if (!Pauses.await(SOON, () -> keptBytes(stage) <= MOST_KEPT_BYTES)) {
            broken.add("the log keeps %,.0f MB".formatted(keptBytes(stage) / 1e6));
        }
        long disk = Directories.bytes(stage.server().dataDirectory());
        if (disk > MOST_DISK_BYTES) {
            broken.add("the directory has %,d MB".formatted(disk / 1_000_000));
        }
        return broken;
    }

    /** A server with more to do than it can has no latency to judge. */
    @Override
    public Set<Rule> waived() {
        return Set.of(Rule.PROMPT);
    }
}
