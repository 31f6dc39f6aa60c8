package dev.belfry.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The head of an HTTP request, as the server that took it has it. */
public interface RequestHead {
    /** The path behind the application's own, as it was spelled: percent-encoded, without the query. */
    String path();

    /** The query as it was spelled, without the question mark; null when the URL has none. */
    @Nullable
    String query();

    /** All lines of a header, in order, whatever the case of its name; empty when it is missing. */
    List<String> headers(String name);

    /** The first line of a header; null when it is missing. */
    default @Nullable String header(String name) {
        List<String> lines = headers(name);
        return lines.isEmpty() ? null : lines.get(0);
    }
}
