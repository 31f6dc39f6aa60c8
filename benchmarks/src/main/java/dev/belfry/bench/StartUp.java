package dev.belfry.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** From the command to the line that says that it is ready, with everything built, on both cores. */
final class StartUp implements Measurement {
    @Override
    public String name() {
        return "start";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Start",
                "From ./belfry serve, with everything built, to the line that says it is ready; on all cores.");
        Samples seconds = section.table("Start to ready", "s");
        start();
        for (int round = 0; round < Math.max(3, effort.rounds()); round++) {
            double took = start();
            Progress.say("start: " + Finding.number(took) + " s");
            seconds.add(Peer.BELFRY.title, took);
        }
        section.finding(Finding.atMost("start to ready", seconds.median(Peer.BELFRY.title), 2.5, " s"));
        return section;
    }

    private static double start() throws IOException {
        Path data = Files.createTempDirectory("bench-start-");
        long began = System.nanoTime();
        Process process = new ProcessBuilder(List.of(
                        // the load is pinned to one core, and so would be its children
                        "taskset",
                        "-c",
                        "0-1",
                        Tools.root().resolve("belfry").toString(),
                        "serve",
                        "--port",
                        "0",
                        "--data-dir",
                        data.resolve("data").toString()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (line == null || !line.contains("is ready")) {
                throw new IOException("not ready: " + line);
            }
            return (System.nanoTime() - began) / 1e9;
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            await(process);
            Peer.delete(data);
        }
    }

    private static void await(Process process) {
        try {
            process.waitFor(15, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
