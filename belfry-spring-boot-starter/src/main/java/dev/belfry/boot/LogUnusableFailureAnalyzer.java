package dev.belfry.boot;

import dev.belfry.BelfryException.LogUnusable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Says in words that the log's directory cannot be used. */
final class LogUnusableFailureAnalyzer extends AbstractFailureAnalyzer<LogUnusable> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LogUnusable cause) {
        String description = StringUtils.capitalize(String.valueOf(cause.getMessage())) + ".";
        return new FailureAnalysis(description, action(description), cause);
    }

    private static String action(String description) {
        return description.contains("-Dbelfry.native.directory")
                ? "Make one of the places usable, or start with -Dbelfry.native.directory=DIR."
                : "Make the directory usable, or set belfry.log.directory to another one.";
    }
}
