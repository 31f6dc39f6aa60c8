package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.mercure.MercureHandler;
import dev.belfry.mercure.MercureLinks;
import dev.belfry.mercure.MercureMetadata;
import dev.belfry.mercure.MercureSettings;
import dev.belfry.mercure.MercureTokens;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.PublicationBodyFilter;
import dev.belfry.webflux.RefusalListener;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The Mercure hub: other doors on the same log and streams. */
@AutoConfiguration(after = BelfryWebFluxAutoConfiguration.class)
@ConditionalOnBean(StreamRegistry.class)
@ConditionalOnBooleanProperty(name = "belfry.mercure.enabled", matchIfMissing = true)
@EnableConfigurationProperties(MercureProperties.class)
public final class BelfryMercureAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean
    MercureSettings belfryMercureSettings(MercureProperties properties, Environment environment) {
        return properties.toSettings(environment.getProperty("belfry.security.jwt.issuer"));
    }

    @Bean
    @ConditionalOnMissingBean
    MercureHandler belfryMercureHandler(
            Hub hub,
            StreamRegistry streams,
            EndpointSettings endpoint,
            MercureSettings settings,
            Authorizer authorizer,
            ObjectProvider<MercureTokens> tokens,
            ObjectProvider<RefusalListener> refusals) {
        return new MercureHandler(
                hub,
                streams,
                endpoint,
                settings,
                authorizer,
                tokens.getIfUnique(),
                refusals.getIfUnique(() -> RefusalListener.NONE));
    }

    @Bean
    EndpointMapping belfryMercureMapping(MercureHandler handler) {
        return new EndpointMapping(MercureSettings.PATH, handler);
    }

    /** Without it clients take the hub for one of 0.x, as it then is. */
    @Bean
    @ConditionalOnBooleanProperty(name = "belfry.mercure.v1.enabled", matchIfMissing = true)
    EndpointMapping belfryMercureMetadataMapping(MercureSettings settings) {
        return new EndpointMapping(MercureSettings.METADATA_PATH, new MercureMetadata(settings));
    }

    @Bean
    PublicationBodyFilter belfryMercureBodyFilter() {
        return new PublicationBodyFilter(MercureSettings.PATH);
    }

    /** For applications, whose answers tell pages where the hub is. */
    @Bean
    @ConditionalOnMissingBean
    MercureLinks belfryMercureLinks(MercureSettings settings) {
        return new MercureLinks(settings.hubUrl(), !settings.speaksV0());
    }
}
