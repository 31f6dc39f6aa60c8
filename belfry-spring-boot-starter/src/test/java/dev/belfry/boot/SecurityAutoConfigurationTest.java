package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Permissions;
import dev.belfry.TopicSelector;
import dev.belfry.webflux.Authorizer;
import dev.belfry.webflux.EndpointSettings;
import dev.belfry.webflux.TokenAuthorizer;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.security.authentication.AuthenticationCredentialsNotFoundException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.security.web.server.WebFilterChainProxy;
import reactor.core.publisher.Mono;

/** Who decides, and what is said about keys that cannot be used. */
@ExtendWith(OutputCaptureExtension.class)
class SecurityAutoConfigurationTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final ReactiveWebApplicationContextRunner runner = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WebFluxAutoConfiguration.class,
                    BelfryAutoConfiguration.class,
                    BelfrySecurityAutoConfiguration.class,
                    BelfrySpringSecurityAutoConfiguration.class,
                    BelfryWebFluxAutoConfiguration.class))
            .withPropertyValues("belfry.log.type=memory", "server.address=127.0.0.1");

    private final ReactiveWebApplicationContextRunner secured =
            runner.withBean(WebFilterChainProxy.class, () -> new WebFilterChainProxy(List.of()));

    @Test
    void withoutKeysTheEndpointIsOpen() {
        runner.run(context -> assertThat(context.getBean(Authorizer.class)).isSameAs(Authorizer.OPEN));
    }

    @ParameterizedTest
    @CsvSource({
        "jwt.secret, " + SECRET,
        "jwt.jwk-set-uri, https://id.example/keys",
        "jwt.issuer, https://id.example",
    })
    void withAKeyTokensDecideAndNoNameOfTheLoopbackIsNeeded(String property, String value) {
        secured.withPropertyValues("belfry.security." + property + "=" + value).run(context -> {
            assertThat(context.getBean(Authorizer.class)).isInstanceOf(TokenAuthorizer.class);
            assertThat(context.getBean(EndpointSettings.class).loopbackOnly()).isFalse();
            assertThat(context.getBeansOfType(EndpointMapping.class)).containsKey("belfryTicketMapping");
        });
    }

    @Test
    void theApplicationsOwnAuthorizerDecidesBeforeAll() {
        Authorizer own = exchange -> Mono.empty();
        secured.withBean(Authorizer.class, () -> own)
                .withPropertyValues("belfry.security.jwt.secret=" + SECRET)
                .run(context -> assertThat(context.getBean(Authorizer.class)).isSameAs(own));
    }

    @ParameterizedTest
    @CsvSource({
        "jwt.secret, short-secret, 32 bytes",
        "jwt.public-key, -----BEGIN RSA PUBLIC KEY-----AAAA-----END RSA PUBLIC KEY-----, openssl",
        "jwt.public-key, file:/no/such/file, /no/such/file",
        "jwt.jwk-set-uri, ftp://x, URI",
        "jwt.issuer, nonsense, URI",
        "key-file, /no/such/file, /no/such/file",
        "default-subscribe, users/{name}, {sub}",
        "cookie-name, a=b, cookie",
        "tickets-path, /api/notifications/tickets, path",
    })
    void aBadSettingIsNamedAndASecretNotShown(String property, String value, String rule, CapturedOutput output) {
        boolean isKey = property.startsWith("jwt") || property.startsWith("key");
        runner.withPropertyValues(
                        "belfry.security." + property + "=" + value,
                        isKey ? "x=y" : "belfry.security.jwt.secret=" + SECRET)
                .run(context -> {
                    assertThat(context)
                            .getFailure()
                            .rootCause()
                            .isInstanceOf(InvalidConfigurationPropertyValueException.class)
                            .hasMessageContaining("belfry.security." + property);
                    InvalidConfigurationPropertyValueException e = rootCause(context.getStartupFailure());
                    assertThat(e.getReason()).contains(rule);
                    assertThat(e.toString()).doesNotContain("short-secret").doesNotContain(SECRET);
                });
        assertThat(output).doesNotContain("short-secret");
    }

    private static InvalidConfigurationPropertyValueException rootCause(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof InvalidConfigurationPropertyValueException found)) {
            cause = cause.getCause();
        }
        return found;
    }

    @Test
    void theUsersOfSpringSecurityReadWhatHasTheirName() {
        secured.run(context -> {
            Authorizer authorizer = context.getBean(Authorizer.class);
            Permissions permissions = permissions(authorizer, new TestingAuthenticationToken("alice", "x", "USER"));
            assertThat(permissions.subject()).isEqualTo("alice");
            assertThat(permissions.publish()).isEmpty();
            assertThat(permissions.subscribe()).extracting(TopicSelector::name).containsExactly("users/alice/**");
            assertThat(permissions(authorizer, new TestingAuthenticationToken("**", "x", "USER"))
                            .subscribe())
                    .isEmpty();
            assertThatThrownBy(() -> permissions(authorizer, null))
                    .isInstanceOf(AuthenticationCredentialsNotFoundException.class);
        });
    }

    private static Permissions permissions(Authorizer authorizer, Authentication user) {
        Mono<Permissions> answer =
                authorizer.authorize(MockServerWebExchange.from(MockServerHttpRequest.get("/api/notifications")));
        return user == null
                ? answer.block()
                : answer.contextWrite(ReactiveSecurityContextHolder.withAuthentication(user))
                        .block();
    }

    @Test
    void theApplicationSaysWhatItsUsersMayDo() {
        Permissions all = new Permissions("x", Set.of(), Set.of(), null);
        secured.withBean(AuthenticationPermissions.class, () -> user -> all)
                .run(context -> assertThat(permissions(
                                context.getBean(Authorizer.class), new TestingAuthenticationToken("a", "x", "USER")))
                        .isSameAs(all));
    }
}
