package dev.belfry;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What an exception is and where it comes from, on one line. Its message is not in it: libraries repeat there what a stranger
 * has sent, such as a header's value.
 */
public record Failure(Throwable error) {
    private static final int MAX_FRAMES = 6;
    private static final int MAX_CAUSES = 3;

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(describe(error));
        Throwable cause = error.getCause();
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            line.append(" caused by ").append(describe(cause));
            cause = cause.getCause();
        }
        return line.toString();
    }

    private static String describe(Throwable error) {
        return error.getClass().getName()
                + Arrays.stream(error.getStackTrace())
                        .limit(MAX_FRAMES)
                        .map(Failure::describe)
                        .collect(Collectors.joining(" < ", " at ", ""));
    }

    private static String describe(StackTraceElement frame) {
        String owner = frame.getClassName();
        return owner.substring(owner.lastIndexOf('.') + 1) + "." + frame.getMethodName() + ":" + frame.getLineNumber();
    }
}
