package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.HonestReport;
import dev.belfry.attack.stage.Launch;
import dev.belfry.attack.stage.Management;
import dev.belfry.attack.stage.Pauses;
import dev.belfry.attack.stage.Polls;
import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** One bit of an old event is another. Publishing must go on, readers get past it and are told, and retention too. */
final class DamagedFile implements Attack {
    private static final int BATCH = 1000;
    private static final int BATCHES = 50;
    private static final long MOST_KEPT_BYTES = 70_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final byte[] batch = Requests.postLines(Requests.lines(BATCH, "old", 1000));
    private String readTo = "";

    @Override
    public String name() {
        return "damaged-file";
    }

    @Override
    public String what() {
        return "a bit of an SST file flipped; then reading, publishing and retention over it";
    }

    @Override
    public Launch launch(Launch usual) {
        return usual.with(List.of("--belfry.log.retention.bytes=60MB"));
    }

    @Override
    public void prepare(Stage stage) throws IOException {
        for (int i = 0; i < BATCHES; i++) {
            stage.publish(batch);
        }
        stage.server().restart(() -> flipABit(stage.server().dataDirectory()));
    }

    private static void flipABit(Path directory) throws IOException {
        Path damaged = oldest(directory);
        try (FileChannel file = FileChannel.open(damaged, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            long at = file.size() / 3;
            file.read(one, at);
            one.put(0, (byte) (one.get(0) ^ 1)).flip();
            file.write(one, at);
        }
    }

    private static Path oldest(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .filter(file -> file.toFile().length() > 1_000_000)
                    .min(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("no file of events to damage"));
        }
    }

    @Override
    public void run(Stage stage) throws IOException {
        readTo = new Polls(stage.server().port(), "old").readAll(PATIENCE);
        // as much again, so that what is damaged is due to be removed
        int[] published = {0};
        stage.every(stage.time().dividedBy(8L * BATCHES), () -> {
            if (published[0]++ < BATCHES) {
                stage.crowd().open().send(batch);
            }
        });
    }

    @Override
    public List<String> broken(Stage stage, HonestReport honest) throws IOException {
        List<String> broken = new ArrayList<>();
        if (!readTo.equals("damaged")) {
            broken.add("a reader from the beginning: " + readTo);
        }
        Management management = stage.server().management();
        if (!Pauses.await(PATIENCE, () -> management.metric("belfry_log_bytes") <= MOST_KEPT_BYTES)) {
            broken.add("retention keeps %,.0f MB".formatted(management.metric("belfry_log_bytes") / 1e6));
        }
        return broken;
    }
}
