package dev.belfry.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamRegistryTest {
    private static final int MAX = 3;

    private final EventLog log = new InMemoryEventLog();
    private final Hub hub = new Hub(log, 1);
    private final StreamRegistry streams = new StreamRegistry(
            hub, new StreamSettings(Duration.ofSeconds(25), Duration.ofSeconds(2), Duration.ofMinutes(2), MAX));

    @AfterEach
    void close() {
        hub.close();
        log.close();
    }

    private StreamPlace reserve() {
        return Objects.requireNonNull(streams.reserve(EventFilter.ALL, StreamOwner.OPEN, null));
    }

    private EmbeddedChannel join(StreamPlace place) {
        EmbeddedChannel channel = new EmbeddedChannel();
        streams.join(place, channel, EventFilter.ALL, TestFormat.NDJSON_TO_END.format, log.head())
                .begin();
        return channel;
    }

    @Test
    void aStormGetsNoMorePlacesThanThereAre() {
        List<StreamPlace> places = IntStream.range(0, 1000)
                .parallel()
                .mapToObj(i -> streams.reserve(EventFilter.ALL, StreamOwner.OPEN, null))
                .filter(Objects::nonNull)
                .toList();
        assertThat(places).hasSize(MAX);
        assertThat(streams.size()).isEqualTo(MAX);
        places.forEach(StreamPlace::release);
        assertThat(streams.size()).isZero();
    }

    @Test
    void aPlaceIsGivenBackOnce() {
        StreamPlace place = reserve();
        reserve();
        place.release();
        place.release();
        assertThat(streams.size()).isEqualTo(1);
    }

    @Test
    void aSubscriberKeepsItsPlaceUntilItsChannelIsClosed() {
        StreamPlace place = reserve();
        EmbeddedChannel channel = join(place);
        place.release();
        assertThat(streams.size()).isEqualTo(1);
        channel.close();
        channel.runPendingTasks();
        assertThat(streams.size()).isZero();
    }

    @Test
    void nobodyJoinsWithAPlaceThatWasReleased() {
        StreamPlace place = reserve();
        place.release();
        assertThatThrownBy(() -> join(place)).isInstanceOf(IllegalStateException.class);
        assertThat(streams.size()).isZero();
    }

    @Test
    void noPlaceIsGivenWhenAllStreamsAreEnding() {
        streams.close();
        assertThat(streams.reserve(EventFilter.ALL, StreamOwner.OPEN, null)).isNull();
    }

    @Test
    void streamsAreCountedByFormatAndState() {
        StreamFormat format = TestFormat.NDJSON_TO_END.format;
        EmbeddedChannel one = join(reserve());
        EmbeddedChannel two = join(reserve());
        assertThat(streams.formats()).containsExactly(format);
        assertThat(streams.live(format)).isEqualTo(2);
        assertThat(streams.behind(format)).isZero();
        assertThat(streams.live(TestFormat.WEBSOCKET.format)).isZero();
        one.close();
        assertThat(streams.live(format)).isEqualTo(1);
        two.close();
        assertThat(streams.live(format)).isZero();
        assertThat(streams.worstLag()).isZero();
    }
}
