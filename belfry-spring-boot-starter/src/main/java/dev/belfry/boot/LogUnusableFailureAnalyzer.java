package dev.belfry.boot;

import dev.belfry.BelfryException.LogUnusable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.util.StringUtils;

/** Says in words that the log's directory cannot be used. */
final class LogUnusableFailureAnalyzer extends AbstractFailureAnalyzer<LogUnusable> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, LogUnusable cause) {
        return new FailureAnalysis(
                StringUtils.capitalize(String.valueOf(cause.getMessage())) + ".",
                "Make the directory usable, or set belfry.log.directory to another one.",
                cause);
    }
}
