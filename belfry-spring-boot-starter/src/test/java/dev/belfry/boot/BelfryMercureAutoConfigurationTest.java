package dev.belfry.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.mercure.MercureHandler;
import dev.belfry.mercure.MercureLinks;
import dev.belfry.mercure.MercureSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;

class BelfryMercureAutoConfigurationTest {
    private final ReactiveWebApplicationContextRunner application = new ReactiveWebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    WebFluxAutoConfiguration.class,
                    BelfryAutoConfiguration.class,
                    BelfryWebFluxAutoConfiguration.class,
                    BelfryMercureAutoConfiguration.class))
            .withPropertyValues("belfry.log.type=memory");

    @Test
    void speaksBothVersions() {
        application.run(context -> {
            assertThat(context).hasSingleBean(MercureHandler.class).hasSingleBean(MercureLinks.class);
            assertThat(context.getBean(MercureSettings.class)).isEqualTo(MercureSettings.DEFAULT);
            assertThat(context).hasBean("belfryMercureMetadataMapping");
        });
    }

    @Test
    void isGoneWhenItIsSwitchedOff() {
        application
                .withPropertyValues("belfry.mercure.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(MercureHandler.class)
                        .doesNotHaveBean("belfryMercureMapping"));
    }

    @Test
    void withoutVersionOneThereIsNoMetadata() {
        application
                .withPropertyValues("belfry.mercure.v1.enabled=false", "belfry.mercure.subscriptions=true")
                .run(context -> {
                    assertThat(context).doesNotHaveBean("belfryMercureMetadataMapping");
                    MercureSettings settings = context.getBean(MercureSettings.class);
                    assertThat(settings.speaksV1()).isFalse();
                    assertThat(settings.subscriptions()).isTrue();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"belfry.mercure.hub-url=ftp://example.com/", "belfry.mercure.hub-url=mercure"})
    void refusesAUrlThatIsNoneOfHttp(String property) {
        application
                .withPropertyValues(property)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(InvalidConfigurationPropertyValueException.class));
    }

    @Test
    void refusesToSpeakNoVersion() {
        application
                .withPropertyValues("belfry.mercure.v0.enabled=false", "belfry.mercure.v1.enabled=false")
                .run(context -> assertThat(context).hasFailed());
    }
}
