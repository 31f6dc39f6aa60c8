package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.webflux.SseHttpMessageWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.codec.Encoder;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.ServerSentEventHttpMessageWriter;
import org.springframework.web.reactive.config.WebFluxConfigurer;

/**
 * Puts Belfry's writer in front of Spring's for all that the application's own controllers send as {@code
 * text/event-stream}. Runs when all others have set up the codecs, and so takes the encoder that Spring's would have used.
 */
final class ServerSentEventsConfigurer implements WebFluxConfigurer, Ordered {
    private final Hub hub;
    private final Duration heartbeat;

    ServerSentEventsConfigurer(Hub hub, Duration heartbeat) {
        this.hub = hub;
        this.heartbeat = heartbeat;
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
        configurer.customCodecs().register(new SseHttpMessageWriter(encoder(configurer), heartbeat, hub.draining()));
    }

    private static @Nullable Encoder<?> encoder(ServerCodecConfigurer configurer) {
        return configurer.getWriters().stream()
                .filter(ServerSentEventHttpMessageWriter.class::isInstance)
                .map(writer -> ((ServerSentEventHttpMessageWriter) writer).getEncoder())
                .findFirst()
                .orElse(null);
    }
}
