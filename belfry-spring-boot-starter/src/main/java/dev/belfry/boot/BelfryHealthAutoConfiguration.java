package dev.belfry.boot;

import dev.belfry.EventLog;
import dev.belfry.Hub;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** Health that looks at the log, as {@code belfry}, where the application has Spring Boot's health. */
@AutoConfiguration(after = BelfryAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean({EventLog.class, Hub.class})
@ConditionalOnEnabledHealthIndicator("belfry")
public final class BelfryHealthAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(name = "belfryHealthIndicator")
    LogHealthIndicator belfryHealthIndicator(EventLog log, Hub hub) {
        return new LogHealthIndicator(log, hub);
    }
}
