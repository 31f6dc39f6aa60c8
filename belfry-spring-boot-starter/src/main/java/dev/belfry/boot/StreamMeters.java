package dev.belfry.boot;

import dev.belfry.Gap;
import dev.belfry.stream.StreamFormat;
import dev.belfry.stream.StreamListener;
import dev.belfry.stream.StreamRegistry;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Counts what streams do, by transport and framing. The names of all meters are in docs/operations.md. */
final class StreamMeters implements StreamListener {
    private final MeterRegistry registry;
    private final Map<StreamFormat, OfFormat> byFormat = new ConcurrentHashMap<>();

    private volatile @Nullable StreamRegistry followed;

    StreamMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Adds what is read from the streams when somebody asks. */
    void follow(StreamRegistry streams) {
        followed = streams;
        Gauge.builder("belfry.streams.lag", streams, StreamRegistry::worstLag)
                .description("How many events the furthest stream is behind the log")
                .register(registry);
        StreamFormat.supported().forEach(format -> follow(streams, format));
    }

    private void follow(StreamRegistry streams, StreamFormat format) {
        gauge(streams, format, "live", s -> s.live(format));
        gauge(streams, format, "behind", s -> s.behind(format));
    }

    private void gauge(
            StreamRegistry streams, StreamFormat format, String state, ToDoubleFunction<StreamRegistry> count) {
        Gauge.builder("belfry.streams", streams, count)
                .description("Open streams")
                .tags(tags(format))
                .tag("state", state)
                .register(registry);
    }

    private static List<Tag> tags(StreamFormat format) {
        return List.of(
                Tag.of("transport", format.transport()),
                Tag.of("framing", format.framing().name().toLowerCase(Locale.ROOT)));
    }

    private OfFormat of(StreamFormat format) {
        return byFormat.computeIfAbsent(format, this::newFormat);
    }

    /** Of the endpoint's own it is known before; another protocol's is when it has its first stream. */
    private OfFormat newFormat(StreamFormat format) {
        StreamRegistry streams = followed;
        if (streams != null && !StreamFormat.supported().contains(format)) {
            follow(streams, format);
        }
        return new OfFormat(format);
    }

    @Override
    public void joined(StreamFormat format) {
        of(format).begun.increment();
    }

    @Override
    public void left(StreamFormat format, boolean wasLive, LeaveCause cause) {
        Counter.builder("belfry.streams.ended")
                .description("Streams that have ended")
                .tags(tags(format))
                .tag("cause", cause.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }

    @Override
    public void behind(StreamFormat format) {
        of(format).fallenBehind.increment();
    }

    @Override
    public void delivered(StreamFormat format, int events, int streams) {
        of(format).delivered.increment((double) events * streams);
    }

    @Override
    public void replayed(StreamFormat format, int events) {
        of(format).replayed.increment(events);
    }

    @Override
    public void gap(Gap.Reason reason) {
        Counter.builder("belfry.gaps")
                .description("Gaps that streams were told of")
                .tag("reason", reason.code())
                .register(registry)
                .increment();
    }

    /** The counters of one format, looked up once: deliveries are many. */
    private final class OfFormat {
        private final Counter begun;
        private final Counter fallenBehind;
        private final Counter delivered;
        private final Counter replayed;

        OfFormat(StreamFormat format) {
            begun = counter(format, "belfry.streams.begun", "Streams that have begun");
            fallenBehind = counter(
                    format,
                    "belfry.streams.behind",
                    "Streams that went from live to behind: slow, or with other topics");
            delivered = counter(format, "belfry.delivered", "Events written to live streams");
            replayed = counter(format, "belfry.replayed", "Events of the log written to streams that were behind");
        }

        private Counter counter(StreamFormat format, String name, String description) {
            return Counter.builder(name)
                    .description(description)
                    .tags(tags(format))
                    .register(registry);
        }
    }
}
