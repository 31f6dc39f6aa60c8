package dev.belfry.boot;

import dev.belfry.Hub;
import dev.belfry.security.DefaultGrants;
import dev.belfry.webflux.Authorizer;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.web.server.WebFilterChainProxy;

/**
 * Permits what the application's own Spring Security knows, when no key for tokens is set. A bean of the type {@link
 * AuthenticationPermissions} says what a user may do.
 */
@AutoConfiguration(
        after = {BelfryAutoConfiguration.class, BelfrySecurityAutoConfiguration.class},
        afterName = "org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration",
        before = BelfryWebFluxAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnClass({ReactiveSecurityContextHolder.class, WebFilterChainProxy.class})
@ConditionalOnBean({Hub.class, WebFilterChainProxy.class})
@ConditionalOnMissingBean(Authorizer.class)
public final class BelfrySpringSecurityAutoConfiguration {
    private static final List<String> OWN = List.of("users/{sub}/**");

    @Bean
    Authorizer belfrySpringSecurityAuthorizer(
            BelfryProperties properties, ObjectProvider<AuthenticationPermissions> permissions) {
        BelfryProperties.Security security = properties.security();
        return new SpringSecurityAuthorizer(
                permissions.getIfUnique(() -> AuthenticationPermissions.ofNames(grants(security))),
                security.anonymous());
    }

    private static DefaultGrants grants(BelfryProperties.Security security) {
        return security.defaultSubscribe().isEmpty()
                ? new DefaultGrants(security.defaultPublish(), OWN)
                : BelfrySecurityAutoConfiguration.defaultGrants(security);
    }
}
