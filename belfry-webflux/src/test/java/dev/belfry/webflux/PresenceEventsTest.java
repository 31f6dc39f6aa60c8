package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.Event;
import dev.belfry.EventFilter;
import dev.belfry.Position;
import dev.belfry.ReadLimits;
import dev.belfry.Topic;
import dev.belfry.TopicPattern;
import dev.belfry.testkit.RawHttp;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Joins and leaves, as events. */
class PresenceEventsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    private void watch(int perSecond) {
        server.streams.watch(new PresenceEvents(server.hub, perSecond, nanos::get));
    }

    private void comeAndGo() {
        int before = server.streams.size();
        try (RawHttp client = RawHttp.request(
                server.port(),
                "GET /api/notifications?topic=a&topic=b HTTP/1.1\nHost: localhost\nAccept: text/event-stream")) {
            client.untilContains("\r\n\r\n");
            await().until(() -> server.streams.size() == before + 1);
        }
        await().until(() -> server.streams.size() == before);
    }

    private List<Event> told() {
        Set<TopicPattern> all = Set.of(TopicPattern.of("$belfry/**"));
        EventFilter filter = new EventFilter(Set.copyOf(all), Set.copyOf(all));
        return server.log
                .read(filter, Position.EARLIEST, new ReadLimits(1000, 1 << 20))
                .events();
    }

    @Test
    void whoComesAndGoesIsToldWithWhatItAskedFor() {
        watch(10);
        comeAndGo();
        await().until(() -> told().size() == 2);
        Event joined = told().get(0);
        assertThat(joined.topic()).isEqualTo(new Topic("$belfry/subscribers/-"));
        assertThat(joined.event()).isEqualTo("belfry.joined");
        assertThat(joined.notification().isPublic()).isFalse();
        assertThat(joined.expires()).isNotNull();
        assertThat(joined.data().toString()).contains("\"transport\":\"sse\"", "\"a\"", "\"b\"");
        assertThat(told().get(1).data().toString()).contains("\"cause\":\"closed\"");
        assertThat(told().get(1).event()).isEqualTo("belfry.left");
    }

    @Test
    void soManyASecondAtMostAndTheNextOneSaysHowManyWereLeftOut() {
        watch(2);
        for (int i = 0; i < 10; i++) {
            comeAndGo();
        }
        await().until(() -> told().size() == 4);
        nanos.addAndGet(1_000_000_000);
        comeAndGo();
        await().until(() -> told().size() == 6);
        assertThat(told().get(4).data().toString()).contains("\"omitted\":16");
        assertThat(told().get(5).data().toString()).doesNotContain("omitted");
    }

    @Test
    void nothingIsPublishedUnlessSomebodyWatches() {
        comeAndGo();
        assertThat(told()).isEmpty();
    }

    @Test
    void aSubjectIsOneSegmentWhateverItIs() {
        assertThat(PresenceEvents.topicOf(null).name()).isEqualTo("$belfry/subscribers/-");
        assertThat(PresenceEvents.topicOf("-").name()).isEqualTo("$belfry/subscribers/%2D");
        assertThat(PresenceEvents.topicOf("a/b%*").name()).isEqualTo("$belfry/subscribers/a%2Fb%25%2A");
    }
}
