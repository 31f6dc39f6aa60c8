package dev.belfry.boot;

import dev.belfry.EventLog;
import dev.belfry.stream.StreamRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** Meters of the log and of the streams, where the application has a registry for them. */
@AutoConfiguration(
        before = {BelfryAutoConfiguration.class, BelfryWebFluxAutoConfiguration.class},
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class BelfryMetricsAutoConfiguration {
    @Bean
    LogMeters belfryLogMeters(MeterRegistry registry) {
        return new LogMeters(registry);
    }

    @Bean
    StreamMeters belfryStreamMeters(MeterRegistry registry) {
        return new StreamMeters(registry);
    }

    @Bean
    RefusalMeters belfryRefusalMeters(MeterRegistry registry) {
        return new RefusalMeters(registry);
    }

    /** Adds the gauges when all beans are there: the log and the streams were made with the meters in hand. */
    @Bean
    Gauges belfryGauges(
            ObjectProvider<EventLog> log,
            ObjectProvider<StreamRegistry> streams,
            MeterRegistry registry,
            LogMeters logMeters,
            StreamMeters streamMeters) {
        return () -> {
            log.ifUnique(logMeters::follow);
            streams.ifUnique(streamMeters::follow);
            streams.ifUnique(all -> MemoryMeters.follow(all.budget(), registry));
        };
    }

    /** What is added last. */
    interface Gauges extends SmartInitializingSingleton {}
}
