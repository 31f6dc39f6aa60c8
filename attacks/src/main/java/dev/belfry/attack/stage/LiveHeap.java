package dev.belfry.attack.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What is alive on the heap of another JVM, by {@code jcmd}. */
final class LiveHeap {
    private static final int PATIENCE_SECONDS = 20;

    private LiveHeap() {}

    /** Bytes after a full collection; -1 when the JVM does not say. */
    static long bytes(long pid) {
        try {
            Path answer = Files.createTempFile("belfry-attack-", ".jcmd");
            try {
                return ask(pid, answer) ? total(Files.readString(answer, UTF_8)) : -1;
            } finally {
                Files.delete(answer);
            }
        } catch (IOException e) {
            return -1;
        }
    }

    /** A histogram of what is alive, for which the JVM collects first. */
    private static boolean ask(long pid, Path answer) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .redirectOutput(answer.toFile())
                .start();
        try {
            return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The last line: Total, instances, bytes. */
    private static long total(String histogram) {
        String last = histogram.strip().substring(histogram.strip().lastIndexOf('\n') + 1);
        String[] words = last.trim().split("\\s+", -1);
        return words.length == 3 && words[0].equals("Total") ? Long.parseLong(words[2]) : -1;
    }
}
