package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.mercure.MercureBearer;
import dev.belfry.mercure.MercureGrants;
import dev.belfry.mercure.MercureHandler;
import dev.belfry.mercure.MercureLinks;
import dev.belfry.mercure.MercureMetadata;
import dev.belfry.mercure.MercureSettings;
import dev.belfry.mercure.MercureTokens;
import dev.belfry.security.BearerTokens;
import dev.belfry.security.GrantReader;
import dev.belfry.security.Grants;
import dev.belfry.security.InvalidToken;
import dev.belfry.security.KeysUnavailable;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.ClientLimits;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.PublicationBodyFilter;
import dev.belfry.webflux.RefusalListener;
import dev.belfry.wire.Problem;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.core.publisher.Mono;

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
            ClientLimits limits,
            EndpointSettings endpoint,
            MercureSettings settings,
            Authorizer authorizer,
            ObjectProvider<MercureTokens> tokens,
            ObjectProvider<RefusalListener> refusals) {
        return new MercureHandler(
                hub,
                streams,
                limits,
                endpoint,
                settings,
                authorizer,
                tokens.getIfUnique(),
                refusals.getIfUnique(() -> RefusalListener.NONE));
    }

    /** What tokens of Mercure allow they allow on every door. */
    @Bean
    GrantReader belfryMercureGrants(MercureSettings settings) {
        MercureGrants grants = new MercureGrants(settings);
        return claims -> {
            try {
                MercureGrants.Allowed allowed = grants.read(claims);
                return new Grants(allowed.publish(), allowed.subscribe());
            } catch (Problem e) {
                throw new InvalidToken("a claim of Mercure breaks a rule");
            }
        };
    }

    @Bean
    @ConditionalOnBean(BearerTokens.class)
    @ConditionalOnMissingBean
    MercureTokens belfryMercureTokens(BearerTokens tokens) {
        return token -> Mono.defer(() -> tokens.read(token))
                .map(bearer ->
                        new MercureBearer(bearer.permissions(), bearer.token().claims()))
                .onErrorMap(InvalidToken.class, e -> new Problem(401, "invalid-token", "the token is not accepted"))
                .onErrorMap(
                        KeysUnavailable.class,
                        e -> new Problem(503, "keys-unavailable", "the keys of tokens cannot be fetched"));
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
