package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.stream.MemoryBudget;
import dev.belfry.stream.StreamListener;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.BrokenExchanges;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.HostGuard;
import dev.belfry.webflux.NotificationsHandler;
import dev.belfry.webflux.OriginGuard;
import dev.belfry.webflux.PublicationBodyFilter;
import dev.belfry.webflux.RefusalListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.netty.http.server.HttpServer;

/** The endpoint, its streams, and what they ask of the web server. */
@AutoConfiguration(after = BelfryAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass(HttpServer.class)
@ConditionalOnBean(Hub.class)
@EnableConfigurationProperties(ServerProperties.class)
public final class BelfryWebFluxAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    EndpointSettings belfryEndpointSettings(BelfryProperties properties, ServerProperties server) {
        return properties.toEndpointSettings(
                BindAddressPolicy.isLoopbackOnly(properties.security(), server.getAddress()));
    }

    @Bean
    @ConditionalOnMissingBean
    MemoryBudget belfryMemoryBudget(BelfryProperties properties) {
        return properties.toMemoryBudget();
    }

    /** Closed by the lifecycle, while their event loops run; those are gone when beans are destroyed. */
    @Bean(destroyMethod = "")
    @ConditionalOnMissingBean
    StreamRegistry belfryStreams(
            Hub hub, EndpointSettings settings, ObjectProvider<StreamListener> listener, MemoryBudget budget) {
        return new StreamRegistry(hub, settings.stream(), listener.getIfUnique(() -> StreamListener.NONE), budget);
    }

    @Bean
    @ConditionalOnMissingBean
    Authorizer belfryAuthorizer() {
        return Authorizer.OPEN;
    }

    @Bean
    @ConditionalOnMissingBean
    NotificationsHandler belfryNotificationsHandler(
            Hub hub,
            StreamRegistry streams,
            EndpointSettings settings,
            Authorizer authorizer,
            ObjectProvider<RefusalListener> refusals) {
        return new NotificationsHandler(
                hub, streams, settings, authorizer, refusals.getIfUnique(() -> RefusalListener.NONE));
    }

    /** For the port of Spring Boot's management too, when that is bound to the loopback by itself. */
    @Bean
    HostGuard belfryHostGuard(
            EndpointSettings settings,
            BelfryProperties properties,
            ApplicationContext server,
            Environment environment) {
        boolean isManagementGuarded = ManagementPort.isLoopbackOnly(properties.security(), environment);
        return new HostGuard(
                exchange -> exchange.getApplicationContext() == server ? settings.loopbackOnly() : isManagementGuarded);
    }

    /** For the port of Spring Boot's management only: elsewhere the endpoint has a rule of its own, and the application too. */
    @Bean
    OriginGuard belfryOriginGuard(BelfryProperties properties, ApplicationContext server, Environment environment) {
        boolean isManagementGuarded = ManagementPort.isLoopbackOnly(properties.security(), environment)
                && !ManagementPort.hasOwnCors(environment);
        return new OriginGuard(exchange -> isManagementGuarded && exchange.getApplicationContext() != server);
    }

    @Bean
    BrokenExchanges belfryBrokenExchanges() {
        return new BrokenExchanges();
    }

    @Bean
    PublicationBodyFilter belfryPublicationBodyFilter(EndpointSettings settings) {
        return new PublicationBodyFilter(settings.wire().path());
    }

    @Bean
    EndpointMapping belfryEndpointMapping(NotificationsHandler handler, EndpointSettings settings) {
        return new EndpointMapping(settings.wire().path(), handler);
    }

    @Bean
    ServerSentEventsConfigurer belfryServerSentEventsConfigurer(Hub hub, EndpointSettings settings) {
        return new ServerSentEventsConfigurer(hub, settings.stream().heartbeat());
    }

    @Bean
    ShutdownLifecycle belfryShutdownLifecycle(Hub hub, StreamRegistry streams) {
        return new ShutdownLifecycle(hub, streams);
    }

    @Bean
    WebServerRules belfryWebServerRules(
            BelfryProperties properties,
            MemoryBudget budget,
            ObjectProvider<Hub> hub,
            ObjectProvider<Authorizer> authorizer) {
        return new WebServerRules(
                properties, budget, hub::getObject, () -> authorizer.getIfUnique() != Authorizer.OPEN);
    }
}
