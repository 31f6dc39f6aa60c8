package dev.belfry.boot;

import dev.belfry.stream.MemoryBudget;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/** The server of Spring Boot's management, where it has a port of its own: what breaks on its connections is as quiet. */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(MemoryBudget.class)
final class ManagementServerConfiguration {
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> belfryManagementConnections(
            BelfryProperties properties, MemoryBudget budget) {
        ConnectionPipeline pipeline = new ConnectionPipeline(properties, budget, new OpenConnections());
        return factory -> factory.addServerCustomizers(pipeline::addTo);
    }
}
