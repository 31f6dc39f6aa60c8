package dev.belfry.boot;

import dev.belfry.webflux.RefusalListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what is refused, by its code. */
final class RefusalMeters implements RefusalListener {
    private final MeterRegistry registry;

    RefusalMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void refused(String code) {
        Counter.builder("belfry.refused")
                .description("Requests and WebSocket commands that were refused")
                .tag("code", code)
                .register(registry)
                .increment();
    }
}
