package dev.belfry.boot;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Levels for loggers of libraries that write a line for each wrong request or frame, so that any stranger could fill the disk.
 * Whatever the application sets itself comes first.
 */
final class QuietLibraries implements EnvironmentPostProcessor {
    private static final String LEVEL = "logging.level.";

    private static final Map<String, Object> LEVELS = Map.of(
            // requests that Reactor Netty refuses by itself, with what its parser says of their headers
            LEVEL + "reactor.netty.http.server.HttpServerOperations", "ERROR",
            // paths such as /a/../.. where static resources are served
            LEVEL + "org.springframework.web.reactive.resource", "ERROR",
            // each frame for a stream that has been reset
            LEVEL + "io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder", "WARN",
            // each connection that sends pings and takes no answers
            LEVEL + "io.netty.handler.codec.http2.Http2ControlFrameLimitEncoder", "WARN");

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        environment.getPropertySources().addLast(new MapPropertySource("belfryQuietLibraries", LEVELS));
    }
}
