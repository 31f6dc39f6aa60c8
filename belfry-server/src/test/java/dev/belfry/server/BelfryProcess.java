package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** {@code java -jar belfry.jar serve} on a port of its own. What it says is kept in {@code target/belfry-processes}. */
final class BelfryProcess implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final Duration STOP_TIME = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("Belfry is ready: (https?)://[^:\\s]+:(\\d+)");
    private static final String JAR = System.getProperty("belfry.jar", "target/belfry.jar");
    private static final Path OUTPUT = Path.of(JAR).resolveSibling("belfry-processes");
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** They start a fifth faster with these, and none of them runs for long. */
    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        // a run of the tests that is broken off leaves nothing behind
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final List<String> jvmOptions;
    private final Path dataDirectory;
    private final List<String> options;
    private final Process process;
    private final Path stdout;
    private final Path stderr;
    private URI base = URI.create("http://127.0.0.1");

    private BelfryProcess(
            String shellCommand, List<String> jvmOptions, int port, Path dataDirectory, List<String> options) {
        this.jvmOptions = jvmOptions;
        this.dataDirectory = dataDirectory;
        this.options = options;
        List<String> serve = new ArrayList<>(
                List.of("serve", "--port", Integer.toString(port), "--data-dir", dataDirectory.toString()));
        serve.addAll(options);
        String name = "%03d".formatted(COUNT.incrementAndGet());
        stdout = OUTPUT.resolve(name + ".out");
        stderr = OUTPUT.resolve(name + ".err");
        process = launch(shellCommand, jvmOptions, serve, stdout, stderr);
    }

    /** Starts a server on a free port and waits until it is ready. */
    static BelfryProcess start(Path dataDirectory, String... options) {
        return start(QUICK_START, 0, dataDirectory, List.of(options));
    }

    /** Starts a server whose shell sets something first, such as {@code ulimit -n 256}. */
    static BelfryProcess startBehind(String shellCommand, Path dataDirectory, String... options) {
        BelfryProcess started = new BelfryProcess(shellCommand, QUICK_START, 0, dataDirectory, List.of(options));
        started.awaitReady();
        return started;
    }

    /** Starts a server on a JVM with options of its own. */
    static BelfryProcess startWithJvm(List<String> jvmOptions, Path dataDirectory, String... options) {
        return start(jvmOptions, 0, dataDirectory, List.of(options));
    }

    private static BelfryProcess start(List<String> jvmOptions, int port, Path dataDirectory, List<String> options) {
        BelfryProcess started = new BelfryProcess("", jvmOptions, port, dataDirectory, options);
        started.awaitReady();
        return started;
    }

    /** Starts another with the same options, data and port. */
    BelfryProcess startAgain() {
        Http.forgetConnections();
        return start(jvmOptions, port(), dataDirectory, options);
    }

    /** Runs {@code belfry.jar} to its end. */
    static Ended run(String... arguments) {
        return runWithJvm(QUICK_START, arguments);
    }

    /** Runs {@code belfry.jar} to its end, on a JVM with options of its own. */
    static Ended runWithJvm(List<String> jvmOptions, String... arguments) {
        String name = "%03d".formatted(COUNT.incrementAndGet());
        Path stdout = OUTPUT.resolve(name + ".out");
        Path stderr = OUTPUT.resolve(name + ".err");
        Process process = launch("", jvmOptions, List.of(arguments), stdout, stderr);
        try {
            if (!process.waitFor(START_TIME.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it still runs: " + String.join(" ", arguments));
            }
            return new Ended(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** What a run came to. */
    record Ended(int exitCode, String stdout, String stderr) {}

    private static Process launch(
            String shellCommand, List<String> jvmOptions, List<String> arguments, Path stdout, Path stderr) {
        List<String> command = new ArrayList<>();
        if (!shellCommand.isEmpty()) {
            command.addAll(List.of("sh", "-c", shellCommand + "; exec \"$0\" \"$@\""));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", JAR));
        command.addAll(arguments);
        try {
            Files.createDirectories(OUTPUT);
            Process process = new ProcessBuilder(command)
                    .redirectOutput(stdout.toFile())
                    .redirectError(stderr.toFile())
                    .start();
            RUNNING.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        try {
            Awaitility.await("the server is ready")
                    .atMost(START_TIME)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> isReady() || !process.isAlive());
            assertThat(isReady())
                    .as(() -> "ready; " + (process.isAlive() ? "it runs" : "it ended with " + process.exitValue())
                            + " and said:\n" + said())
                    .isTrue();
        } catch (RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private boolean isReady() {
        Matcher ready = READY.matcher(read(stdout));
        if (!ready.find()) {
            return false;
        }
        base = URI.create(ready.group(1) + "://127.0.0.1:" + ready.group(2));
        return true;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return base.getPort();
    }

    /** A port that nobody listens on, for what cannot be told to take any. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    Path dataDirectory() {
        return dataDirectory;
    }

    /** A URI of this server. */
    URI uri(String path) {
        return base.resolve(path);
    }

    /** A URI of the endpoint: {@code rest} is what stands behind its path, with its slash or question mark. */
    URI notifications(String rest) {
        return uri("/api/notifications" + rest);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** All that it wrote, for the message of a failure. */
    String said() {
        return read(stdout) + read(stderr);
    }

    /** What it has logged so far. */
    String stderr() {
        return read(stderr);
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM; how long it took until the end. */
    Duration stop() {
        long from = System.nanoTime();
        terminate();
        awaitExit();
        return Duration.ofNanos(System.nanoTime() - from);
    }

    /** SIGTERM, without waiting for the end. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end; the exit code. */
    int awaitExit() {
        try {
            assertThat(process.waitFor(STOP_TIME.toSeconds(), TimeUnit.SECONDS))
                    .as(() -> "stopped; it said:\n" + said())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Its resident memory in bytes, as Linux has it; 0 elsewhere. */
    long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitExit();
    }
}
