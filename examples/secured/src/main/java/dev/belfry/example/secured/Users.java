package dev.belfry.example.secured;

import dev.belfry.Permissions;
import dev.belfry.TopicPattern;
import dev.belfry.boot.AuthenticationPermissions;
import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.core.userdetails.MapReactiveUserDetailsService;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.csrf.CookieServerCsrfTokenRepository;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.security.web.server.csrf.ServerCsrfTokenRequestAttributeHandler;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** Who there is, how they log in, and what they may do. */
@Configuration(proxyBeanMethods = false)
class Users {
    @Bean
    MapReactiveUserDetailsService knownUsers() {
        return new MapReactiveUserDetailsService(user("alice"), user("bob"));
    }

    private static UserDetails user(String name) {
        return User.withUsername(name)
                .password("{noop}" + name + "-password")
                .roles("USER")
                .build();
    }

    @Bean
    SecurityWebFilterChain security(ServerHttpSecurity http) {
        return http.authorizeExchange(all -> all.anyExchange().authenticated())
                .formLogin(Customizer.withDefaults())
                // a cookie that the page's script reads and sends back as a header; another site's script cannot read
                // it
                .csrf(csrf -> csrf.csrfTokenRepository(CookieServerCsrfTokenRepository.withHttpOnlyFalse())
                        .csrfTokenRequestHandler(new ServerCsrfTokenRequestAttributeHandler()))
                .build();
    }

    /** Sets the cookie with the first page: Spring Security makes a token when somebody asks for one. */
    @Bean
    @Order(0)
    WebFilter csrfCookie() {
        return (exchange, chain) -> {
            Mono<CsrfToken> token = exchange.getAttribute(CsrfToken.class.getName());
            return token == null ? chain.filter(exchange) : token.then(chain.filter(exchange));
        };
    }

    /** A user reads what is its own, and may leave a note for every user. Without this bean it may not publish. */
    @Bean
    AuthenticationPermissions permissions() {
        return user -> new Permissions(
                user.getName(),
                Set.of(TopicPattern.of("users/*/notes")),
                Set.of(TopicPattern.of("users/" + user.getName() + "/**")),
                null);
    }
}
