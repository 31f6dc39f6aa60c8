package dev.belfry.boot;

import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.MemoryBudget.Use;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** What strangers make the server hold, by use; no tag has an address. */
final class MemoryMeters {
    private MemoryMeters() {}

    /** Adds what is read from the budget when somebody asks. */
    static void follow(MemoryBudget budget, MeterRegistry registry) {
        Gauge.builder("belfry.memory.limit", budget, MemoryBudget::limitBytes)
                .description("How much memory strangers may make the server hold")
                .baseUnit("bytes")
                .register(registry);
        for (Use use : Use.values()) {
            follow(budget, use, registry);
        }
    }

    private static void follow(MemoryBudget budget, Use use, MeterRegistry registry) {
        String tag = use.name().toLowerCase(Locale.ROOT);
        Gauge.builder("belfry.memory.held", budget, b -> b.heldBytes(use))
                .description("Memory that strangers make the server hold")
                .baseUnit("bytes")
                .tag("use", tag)
                .register(registry);
        FunctionCounter.builder("belfry.memory.refused", budget, b -> b.refusals(use))
                .description("How often there was no room")
                .tag("use", tag)
                .register(registry);
    }
}
