package dev.belfry.attack.stage;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code java -Xmx256m -jar belfry.jar serve} on the loopback, with a data directory of its own that goes with it. */
public final class AttackedServer implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofSeconds(90);
    private static final Duration STOP_TIME = Duration.ofSeconds(30);

    private final Launch launch;
    private final Path home;
    private final int port = freePort();
    private final int managementPort = freePort();
    private Process process;
    private final ServerLog log;

    private AttackedServer(Launch launch, Path home) throws IOException {
        this.launch = launch;
        this.home = home;
        log = new ServerLog(home.resolve("stderr"));
        process = launchProcess();
    }

    /** Starts a server and waits until it is ready. */
    public static AttackedServer start(Launch launch) throws IOException {
        Path home = Files.createTempDirectory("belfry-attack-");
        AttackedServer server = new AttackedServer(launch, home);
        Runtime.getRuntime().addShutdownHook(new Thread(server::closeAtLast));
        try {
            server.awaitReady();
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private Process launchProcess() throws IOException {
        List<String> command = launch.command(port, managementPort, dataDirectory());
        return new ProcessBuilder(command)
                .redirectOutput(home.resolve("stdout").toFile())
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(home.resolve("stderr").toFile()))
                .start();
    }

    private void awaitReady() throws IOException {
        long end = System.nanoTime() + START_TIME.toNanos();
        while (!Files.readString(home.resolve("stdout")).contains("Belfry is ready")) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException("the server does not start: " + log.lastLine());
            }
            Pauses.pause(Duration.ofMillis(20));
        }
    }

    /** Stops it in order, does something to its directory, and starts it again on that and on the same ports. */
    public void restart(IoAction meanwhile) throws IOException {
        process.destroy();
        awaitExit(STOP_TIME);
        kill();
        meanwhile.run();
        process = launchProcess();
        awaitReady();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public int port() {
        return port;
    }

    public int managementPort() {
        return managementPort;
    }

    public Path dataDirectory() {
        return home.resolve("data");
    }

    public ServerLog log() {
        return log;
    }

    public Management management() {
        return new Management(managementPort);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** How it ended. */
    public int exitCode() {
        return process.exitValue();
    }

    public Usage usage() {
        return Usage.of(process.pid());
    }

    /** Forgets how much memory it had at most until now. */
    public void forgetPeak() {
        Usage.forgetPeak(process.pid());
    }

    /** What is alive on the heap after a full collection, in bytes; -1 when the process does not say. */
    public long liveHeapBytes() {
        return LiveHeap.bytes(process.pid());
    }

    private void awaitExit(Duration time) {
        try {
            process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void kill() {
        process.destroyForcibly();
        awaitExit(STOP_TIME);
    }

    /** When the run is broken off. */
    private void closeAtLast() {
        try {
            close();
        } catch (IOException e) {
            // a temporary directory is left behind
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        Directories.delete(home);
    }
}
