package dev.belfry.boot;

import java.net.InetAddress;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** The port of Spring Boot's management, as far as its properties say. */
final class ManagementPort {
    private ManagementPort() {}

    static boolean isLoopbackOnly(BelfryProperties.Security security, Environment environment) {
        InetAddress address = environment.getProperty("management.server.address", InetAddress.class);
        return BindAddressPolicy.isManagementLoopbackOnly(security, address);
    }

    /** Whether somebody has said which pages may use it; Spring then refuses the others. */
    static boolean hasOwnCors(Environment environment) {
        return Binder.get(environment)
                .bind("management.endpoints.web.cors", Bindable.mapOf(String.class, Object.class))
                .isBound();
    }
}
