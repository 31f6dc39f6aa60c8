package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One who never reads is only behind: nobody else notices, and nothing of his is kept in memory. */
class StalledReaderIT {
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:+ExitOnOutOfMemoryError");
    private static final int BATCH = 1000;
    private static final String REQUEST =
            "GET /api/notifications?topic=load HTTP/1.0\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
    private static final String KIBIBYTE = "x".repeat(1000);

    /** The heap, and as much again for the log, code, threads and buffers. */
    private static final long MOST_RESIDENT_BYTES = 1 << 30;

    @Test
    void twoHundredMegabytesPassOneThatNeverReadsAndThenItReadsThemAllInOrder(@TempDir Path directory)
            throws Exception {
        int events = 200 * BATCH;
        try (BelfryProcess belfry = BelfryProcess.startWithJvm(
                        SMALL, directory, "--belfry.log.durability=os", "--belfry.stream.write-stall-timeout=10m");
                Socket stalled = neverReading(belfry);
                Socket other = neverReading(belfry)) {
            CompletableFuture<Integer> prompt = CompletableFuture.supplyAsync(() -> readNumbers(other, events));
            long mostResident = publish(belfry, events / BATCH);

            assertThat(prompt.orTimeout(20, TimeUnit.SECONDS).join())
                    .as("what the other subscriber has when the last publication has been answered")
                    .isEqualTo(events);
            assertThat(mostResident).isLessThan(MOST_RESIDENT_BYTES);
            assertThat(readNumbers(stalled, events)).isEqualTo(events);
            assertUnharmed(belfry);
        }
    }

    @Test
    void twoHundredThatNeverReadAreNoHarmToAnotherSubscriber(@TempDir Path directory) throws Exception {
        int events = 20 * BATCH;
        List<Socket> stalled = new ArrayList<>();
        try (BelfryProcess belfry = BelfryProcess.startWithJvm(
                        SMALL, directory, "--belfry.log.durability=os", "--belfry.stream.write-stall-timeout=10m");
                Socket other = neverReading(belfry)) {
            for (int i = 0; i < 200; i++) {
                stalled.add(neverReading(belfry));
            }
            CompletableFuture<Integer> prompt = CompletableFuture.supplyAsync(() -> readNumbers(other, events));
            long mostResident = publish(belfry, events / BATCH);

            assertThat(prompt.orTimeout(20, TimeUnit.SECONDS).join()).isEqualTo(events);
            assertThat(mostResident).isLessThan(MOST_RESIDENT_BYTES);
            assertThat(readNumbers(stalled.get(99), events)).isEqualTo(events);
            assertUnharmed(belfry);
        } finally {
            for (Socket socket : stalled) {
                socket.close();
            }
        }
    }

    private static void assertUnharmed(BelfryProcess belfry) {
        assertThat(belfry.isAlive()).as(belfry::said).isTrue();
        assertThat(belfry.said()).doesNotContain("OutOfMemory").doesNotContain("LEAK");
    }

    /** Subscribes, and reads the first bytes of the answer but not one more. */
    private static Socket neverReading(BelfryProcess belfry) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), belfry.port()));
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
        byte[] begin = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        assertThat(new String(begin, ISO_8859_1)).endsWith(" 200");
        return socket;
    }

    /** Publishes numbered kilobytes; the largest resident memory of the server on the way. */
    private static long publish(BelfryProcess belfry, int batches) {
        long most = 0;
        for (int batch = 0; batch < batches; batch++) {
            String body = IntStream.range(batch * BATCH, (batch + 1) * BATCH)
                    .mapToObj(n -> Http.notification("load", n + ":" + KIBIBYTE))
                    .collect(Collectors.joining("\n"));
            Http.publish(belfry.notifications(""), Http.NDJSON, body);
            most = Math.max(most, belfry.residentBytes());
        }
        return most;
    }

    /** Reads as many numbers as it should, as long as they are in order; how many they were. */
    private static int readNumbers(Socket socket, int events) {
        int next = 0;
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 256 << 10);
            StringBuilder line = new StringBuilder();
            while (next < events) {
                int b = in.read();
                if (b < 0) {
                    return next;
                }
                if (b != '\n') {
                    line.append((char) b);
                    continue;
                }
                if (line.indexOf("data: ") == 0) {
                    if (!line.toString().equals("data: " + next + ':' + KIBIBYTE)) {
                        throw new AssertionError("behind " + (next - 1) + " came " + line.substring(0, 20));
                    }
                    next++;
                }
                line.setLength(0);
            }
            return next;
        } catch (IOException e) {
            throw new AssertionError("behind " + next, e);
        }
    }
}
