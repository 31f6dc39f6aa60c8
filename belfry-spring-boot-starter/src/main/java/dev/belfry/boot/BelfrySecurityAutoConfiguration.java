package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.security.BearerTokens;
import dev.belfry.security.BelfryGrants;
import dev.belfry.security.DefaultGrants;
import dev.belfry.security.GrantReader;
import dev.belfry.security.Tickets;
import dev.belfry.security.TokenRules;
import dev.belfry.security.TokenVerifier;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.RefusalListener;
import dev.belfry.webflux.TicketHandler;
import dev.belfry.webflux.TokenAuthorizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.io.ResourceLoader;

/**
 * Asks for tokens when a key is set. An {@link Authorizer} of the application's own takes its place. A bean of the type {@link
 * GrantReader} adds what tokens permit by a claim of another protocol.
 */
@AutoConfiguration(after = BelfryAutoConfiguration.class, before = BelfryWebFluxAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnBean(Hub.class)
@Conditional(BelfrySecurityAutoConfiguration.AnyKey.class)
@ConditionalOnMissingBean(Authorizer.class)
public final class BelfrySecurityAutoConfiguration {
    @Bean
    TokenKeys belfryTokenKeys(BelfryProperties properties, ResourceLoader resources) {
        return TokenKeys.of(properties.security(), resources);
    }

    @Bean
    @ConditionalOnMissingBean
    BearerTokens belfryBearerTokens(BelfryProperties properties, TokenKeys keys, ObjectProvider<GrantReader> others) {
        BelfryProperties.Jwt jwt = properties.security().jwt();
        Clock clock = Clock.systemUTC();
        List<GrantReader> readers = new ArrayList<>(List.of(new BelfryGrants(jwt.claim())));
        others.orderedStream().forEach(readers::add);
        TokenRules rules = new TokenRules(jwt.issuer(), jwt.audience(), clock);
        return new BearerTokens(
                new TokenVerifier(keys.sources(), rules), readers, defaultGrants(properties.security()), clock);
    }

    static DefaultGrants defaultGrants(BelfryProperties.Security security) {
        try {
            return new DefaultGrants(security.defaultPublish(), security.defaultSubscribe());
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException(
                    "belfry.security.default-subscribe or default-publish",
                    security.defaultSubscribe() + ", " + security.defaultPublish(),
                    e.getMessage());
        }
    }

    @Bean
    @ConditionalOnMissingBean
    Tickets belfryTickets() {
        return new Tickets(Clock.systemUTC());
    }

    @Bean
    TokenAuthorizer belfryTokenAuthorizer(BelfryProperties properties, BearerTokens tokens, Tickets tickets) {
        BelfryProperties.Security security = properties.security();
        String cookie = security.cookieName();
        BelfryProperties.check(
                cookie.matches("[\\w!#$%&'*+.^`|~-]{1,64}"),
                "security.cookie-name",
                cookie,
                "It is a name of a cookie, of letters, digits and hyphens.");
        return new TokenAuthorizer(tokens, tickets, cookie, security.anonymous());
    }

    @Bean
    EndpointMapping belfryTicketMapping(
            BelfryProperties properties,
            Hub hub,
            StreamRegistry streams,
            EndpointSettings settings,
            Authorizer authorizer,
            Tickets tickets,
            ObjectProvider<RefusalListener> refusals) {
        String path = properties.security().ticketsPath();
        BelfryProperties.check(
                path.matches("(/[^/*{}?\\s]+)+") && !path.startsWith(properties.path() + "/"),
                "security.tickets-path",
                path,
                "It is a path such as /api/tickets, and not behind " + properties.path() + ".");
        return EndpointMapping.exactly(
                path,
                new TicketHandler(
                        hub, streams, settings, authorizer, tickets, refusals.getIfUnique(() -> RefusalListener.NONE)));
    }

    /** Whether any key is set. */
    static final class AnyKey extends AnyNestedCondition {
        AnyKey() {
            super(ConfigurationPhase.PARSE_CONFIGURATION);
        }

        @ConditionalOnProperty("belfry.security.key-file")
        static final class File {}

        @ConditionalOnProperty("belfry.security.jwt.secret")
        static final class Secret {}

        @ConditionalOnProperty("belfry.security.jwt.public-key")
        static final class PublicKey {}

        @ConditionalOnProperty("belfry.security.jwt.jwk-set-uri")
        static final class JwkSetUri {}

        @ConditionalOnProperty("belfry.security.jwt.issuer")
        static final class Issuer {}
    }
}
