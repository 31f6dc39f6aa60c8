package dev.belfry.server;

import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;

/** Where a started server is to be reached. */
final class ServerAddress {
    private ServerAddress() {}

    static String of(ApplicationContext context) {
        Environment environment = context.getEnvironment();
        boolean tls = Ssl.isEnabled(context.getBean(ServerProperties.class).getSsl());
        return url(
                tls,
                environment.getProperty("server.address", "0.0.0.0"),
                environment.getRequiredProperty("local.server.port"));
    }

    static String url(boolean tls, String host, String port) {
        return (tls ? "https://" : "http://") + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
