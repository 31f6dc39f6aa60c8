package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Chunk;
import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.ReadLimits;
import dev.belfry.testkit.ForwardingEventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.netty.http.HttpProtocol;

/** Polls that look at more than a turn of the log. */
@Timeout(60)
class PollTurnsTest {
    /** Looks at one event a turn, when it is let. */
    private static final class GatedLog extends ForwardingEventLog {
        private final Semaphore gate = new Semaphore(0);

        GatedLog() {
            super(new InMemoryEventLog());
        }

        @Override
        public Chunk read(EventFilter filter, Position after, ReadLimits limits) {
            gate.acquireUninterruptibly();
            return super.read(filter, after, new ReadLimits(limits.maxEvents(), limits.maxBytes(), 1, 0));
        }
    }

    private final GatedLog log = new GatedLog();
    private final TestServer server = new TestServer(EndpointSettings.DEFAULT, log);

    PollTurnsTest() {
        Notification[] others = IntStream.range(0, 250)
                .mapToObj(i -> Notification.of("other", "" + i))
                .toArray(Notification[]::new);
        log.append(Publication.of(others)).join();
    }

    @AfterEach
    void close() {
        log.gate.release(1 << 20);
        server.close();
    }

    private void awaitTenTurns() {
        log.gate.release(10);
        await().until(() -> log.reads() == 10);
    }

    /** Lets a turn pass now and then; a poll that is not given up has 100. */
    private void awaitEndOfReads() {
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            log.gate.release();
            return server.hub.readers().underWay() == 0;
        });
        assertThat(log.reads()).isLessThan(60);
    }

    @Test
    void aPollHasNoTurnAnyMoreWhenItsConnectionIsReset() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            String head = "GET /api/notifications?topic=wanted HTTP/1.1\r\nHost: localhost\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            awaitTenTurns();
            socket.setSoLinger(true, 0);
        }
        awaitEndOfReads();
    }

    @Test
    void aPollHasNoTurnAnyMoreWhenItsStreamIsReset() {
        Disposable poll = reactor.netty.http.client.HttpClient.create()
                .protocol(HttpProtocol.H2C)
                .get()
                .uri(server.uri("?topic=wanted"))
                .responseContent()
                .subscribe();
        awaitTenTurns();
        poll.dispose();
        awaitEndOfReads();
    }

    @Test
    void aPollThatHasLookedAtEnoughSaysSoAndTheNextOneGoesOn() throws IOException, InterruptedException {
        log.gate.release(1 << 20);

        String first = get("?topic=wanted");
        assertThat(first).startsWith("{\"events\":[],\"next\":\"").endsWith("\",\"more\":true}\n");
        String next = first.replaceAll(".*\"next\":\"([^\"]+)\".*\n", "$1");
        assertThat(get("?topic=wanted&after=" + next)).isNotEqualTo(first).endsWith("\"more\":true}\n");
    }

    /** Such a poll does not wait: there is something to look at. */
    @Test
    void aLongPollThatHasLookedAtEnoughIsAnsweredAtOnce() throws IOException, InterruptedException {
        log.gate.release(1 << 20);

        assertThat(get("?topic=wanted", "Prefer", "wait=60")).endsWith("\",\"more\":true}\n");
    }

    private String get(String rest, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(rest)).timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
