package dev.belfry.server;

import dev.belfry.FatalErrorListener;
import io.micrometer.observation.ObservationPredicate;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;

/** The starter and application.properties. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ServerApplication {
    /** Requests are not timed where the management's port is off, and nobody could read the times: it costs a tenth of each. */
    @Bean
    @ConditionalOnProperty(name = "management.server.port", havingValue = "-1")
    ObservationPredicate belfryUnreadTimings() {
        return (name, context) -> !name.startsWith("http.server.");
    }

    @Bean
    FatalErrorListener belfryFatalExit() {
        return new FatalExit();
    }
}
