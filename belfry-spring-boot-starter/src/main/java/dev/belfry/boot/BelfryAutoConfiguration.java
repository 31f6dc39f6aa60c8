package dev.belfry.boot;

import dev.belfry.EventLog;
import dev.belfry.FatalErrorListener;
import dev.belfry.Hub;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * The log and the hub. An {@link EventLog} or a {@link Hub} of the application's own takes the place of the one here. A bean of
 * the type {@link FatalErrorListener} is told when they cannot go on.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(BelfryProperties.class)
@Import({EventLogConfiguration.OnDisk.class, EventLogConfiguration.InMemory.class})
public final class BelfryAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    Hub belfryHub(EventLog log, ObjectProvider<FatalErrorListener> fatalErrors) {
        return new Hub(log, fatalErrors.getIfUnique(() -> FatalErrorListener.NONE));
    }
}
