package dev.belfry.boot;

import dev.belfry.Failure;
import dev.belfry.RareLine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.web.WebProperties;
import org.springframework.boot.webflux.autoconfigure.error.DefaultErrorWebExceptionHandler;
import org.springframework.boot.webflux.error.ErrorAttributes;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Answers errors as Spring Boot does, and writes another line for a 500: without the query, which may have a token in it and
 * stands in the trace too, and for each kind of exception once a second at most, for who finds such a request can repeat it.
 */
final class ErrorLines extends DefaultErrorWebExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ErrorLines.class);

    private static final ClassValue<RareLine> LINES = new ClassValue<>() {
        @Override
        protected RareLine computeValue(Class<?> kind) {
            return RareLine.error(log);
        }
    };

    ErrorLines(ErrorAttributes attributes, WebProperties properties, ApplicationContext context) {
        super(attributes, properties.getResources(), properties.getError(), context);
    }

    @Override
    protected void logError(ServerRequest request, ServerResponse response, Throwable error) {
        if (response.statusCode().isSameCodeAs(HttpStatus.INTERNAL_SERVER_ERROR)) {
            LINES.get(error.getClass()).log("request failed handler={} cause={}", handler(request), new Failure(error));
        } else {
            super.logError(request, response, error);
        }
    }

    /** The pattern, not the path that was sent. */
    private static Object handler(ServerRequest request) {
        return request.attribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE).orElse("none");
    }
}
