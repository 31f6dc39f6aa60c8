package dev.belfry.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** A server under measurement: a process of its own, pinned to one core. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofSeconds(60);

    final int port;
    private final Process process;
    private final Path output;

    private ServerProcess(int port, Process process, Path output) {
        this.port = port;
        this.process = process;
        this.output = output;
    }

    /** @param command makes the command line for a port */
    static ServerProcess start(String core, IntFunction<List<String>> command) throws IOException {
        int port = freePort();
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", core));
        pinned.addAll(command.apply(port));
        Path output = Files.createTempFile("bench-server-", ".log");
        Process process = new ProcessBuilder(pinned)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        ServerProcess server = new ServerProcess(port, process, output);
        server.awaitPort();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitPort() throws IOException {
        long end = System.nanoTime() + START_TIME.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                pause();
            }
        }
        String said = Files.readString(output);
        close();
        throw new IOException("the server did not start: " + said.substring(0, Math.min(2000, said.length())));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    long pid() {
        return process.pid();
    }

    /** Resident memory of the process, in bytes. */
    long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + descendant() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("no VmRSS");
    }

    /** nginx does its work in a child. */
    private long descendant() {
        return process.descendants().map(ProcessHandle::pid).reduce((a, b) -> b).orElse(process.pid());
    }

    /** Bytes of live heap of a JVM, after a full collection. */
    long liveHeapBytes() throws IOException {
        jcmd("GC.run");
        jcmd("GC.run");
        String histogram = jcmd("GC.class_histogram");
        String[] total = histogram
                .strip()
                .substring(histogram.strip().lastIndexOf('\n') + 1)
                .trim()
                .split("\\s+", -1);
        return Long.parseLong(total[2]);
    }

    private String jcmd(String command) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Process tool = new ProcessBuilder(jcmd, Long.toString(pid()), command)
                .redirectErrorStream(true)
                .start();
        return new String(tool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            Files.deleteIfExists(output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String java() {
        return System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    }
}
