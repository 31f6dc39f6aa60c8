package dev.belfry.boot;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.boot.webflux.error.ErrorAttributes;
import org.springframework.boot.webflux.error.ErrorWebExceptionHandler;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.result.view.ViewResolver;

/** What becomes of errors, in the place of Spring Boot's and in front of it; an application's own takes its place. */
@AutoConfiguration(before = ErrorWebFluxAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(WebProperties.class)
public final class BelfryErrorAutoConfiguration {
    @Bean
    @ConditionalOnMissingBean(value = ErrorWebExceptionHandler.class, search = SearchStrategy.CURRENT)
    @Order(-1)
    ErrorLines belfryErrorLines(
            ErrorAttributes attributes,
            WebProperties properties,
            ObjectProvider<ViewResolver> views,
            ServerCodecConfigurer codecs,
            ApplicationContext context) {
        ErrorLines lines = new ErrorLines(attributes, properties, context);
        lines.setViewResolvers(views.orderedStream().toList());
        lines.setMessageWriters(codecs.getWriters());
        lines.setMessageReaders(codecs.getReaders());
        return lines;
    }
}
