package dev.belfry.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The head of a request to {@code /api/notifications}, as a test spells it. */
class TestHead implements RequestHead {
    private final String path;
    private final @Nullable String query;
    private final List<String> headers;

    /**
     * Takes a head apart.
     *
     * @param rest what follows the endpoint's own path
     * @param headers names and values, one behind the other
     */
    TestHead(String rest, String... headers) {
        this(rest, List.of(headers));
    }

    TestHead(String rest, List<String> headers) {
        String target = "/api/notifications" + rest;
        int mark = target.indexOf('?');
        path = mark < 0 ? target : target.substring(0, mark);
        query = mark < 0 ? null : target.substring(mark + 1);
        this.headers = headers;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public @Nullable String query() {
        return query;
    }

    @Override
    public Set<String> headerNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.size(); i += 2) {
            names.add(headers.get(i));
        }
        return names;
    }

    @Override
    public List<String> headers(String name) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < headers.size(); i += 2) {
            if (headers.get(i).equalsIgnoreCase(name)) {
                values.add(headers.get(i + 1));
            }
        }
        return values;
    }
}
