package dev.belfry.wire;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The head of an HTTP request, as the server that took it has it. */
public interface RequestHead {
    /** The path behind the application's own, as it was spelled: percent-encoded, without the query. */
    String path();

    /** The query as it was spelled, without the question mark; null when the URL has none. */
    @Nullable
    String query();

    /**
     * Parameters of a body that belong to those of the URL, spelled like these; null when the request has none. They come with
     * {@code QUERY} only.
     */
    default @Nullable String form() {
        return null;
    }

    /** The names of all headers, each of them once. */
    Set<String> headerNames();

    /** All lines of a header, in order, whatever the case of its name; empty when it is missing. */
    List<String> headers(String name);

    /** The first line of a header; null when it is missing. */
    default @Nullable String header(String name) {
        List<String> lines = headers(name);
        return lines.isEmpty() ? null : lines.get(0);
    }
}
