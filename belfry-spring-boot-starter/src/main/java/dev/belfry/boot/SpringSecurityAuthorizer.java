package dev.belfry.boot;

import dev.belfry.Permissions;
import dev.belfry.webflux.Authorizer;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Permits what the application's own Spring Security knows of the sender. Without anybody it is for Spring Security to ask who it is. */
final class SpringSecurityAuthorizer implements Authorizer {
    private final AuthenticationPermissions permissions;
    private final boolean anonymous;
    private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

    SpringSecurityAuthorizer(AuthenticationPermissions permissions, boolean anonymous) {
        this.permissions = permissions;
        this.anonymous = anonymous;
    }

    @Override
    public Mono<Permissions> authorize(ServerWebExchange exchange) {
        return ReactiveSecurityContextHolder.getContext()
                .mapNotNull(SecurityContext::getAuthentication)
                .filter(trust::isAuthenticated)
                .map(permissions::of)
                .switchIfEmpty(Mono.defer(() -> ofNobody(exchange)));
    }

    private Mono<Permissions> ofNobody(ServerWebExchange exchange) {
        return anonymous && !exchange.getRequest().getMethod().equals(HttpMethod.POST)
                ? Mono.just(Permissions.ANONYMOUS)
                : Mono.error(new AuthenticationCredentialsNotFoundException("somebody is needed"));
    }
}
