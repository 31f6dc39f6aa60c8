package dev.belfry.server;

import dev.belfry.BelfryException.LogUnusable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;

/** Says in one line why a server did not start, to somebody who has not seen its code. */
final class StartFailure {
    private StartFailure() {}

    static String describe(Throwable failure) {
        String line = null;
        for (Throwable cause = failure; cause != null && line == null; cause = cause.getCause()) {
            line = known(cause);
        }
        Throwable root = root(failure);
        return (line != null ? line : root.getClass().getSimpleName() + ": " + root.getMessage())
                .replaceAll("\\s*\\R\\s*", " ");
    }

    private static @Nullable String known(Throwable cause) {
        if (cause instanceof PortInUseException e) {
            return "port " + e.getPort() + " is in use";
        }
        if (cause instanceof FailureAnalyzedException e) {
            return e.getMessage() + " " + e.analysis().getAction();
        }
        if (cause instanceof LogUnusable || cause instanceof InvalidConfigurationPropertyValueException) {
            return cause.getMessage();
        }
        if (cause instanceof BindException e) {
            return unusable(e);
        }
        return cause instanceof WebServerException
                ? "the web server does not start: " + root(cause).getMessage()
                : null;
    }

    private static String unusable(BindException e) {
        ConfigurationProperty property = e.getProperty();
        return property == null
                ? e.getName() + " cannot be read: " + root(e).getMessage()
                : property.getName() + " cannot be \"" + property.getValue() + "\": " + root(e).getMessage();
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }
}
