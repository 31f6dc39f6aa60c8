package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.wire.Parameters;
import dev.belfry.wire.Problem;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of a query, of a form, or of both. */
final class Form {
    private final Map<String, List<String>> fields = new LinkedHashMap<>();

    private int length;

    private Form() {}

    /** @param query null when the URL has none */
    static Form ofQuery(@Nullable String query) {
        Form form = new Form();
        form.add(query == null ? "" : query, "query");
        return form;
    }

    static Form ofBody(byte[] body) {
        Form form = new Form();
        form.add(text(body), "body");
        return form;
    }

    private static String text(byte[] body) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("invalid-charset", "the form is not UTF-8");
        }
    }

    /** How many characters it took to write it. */
    int length() {
        return length;
    }

    private void add(String encoded, String where) {
        length += encoded.length();
        try {
            Parameters.parse(encoded, fields);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-query", "the " + where + " is not well percent-encoded UTF-8");
        }
    }

    /** The fields of both. */
    Form and(Form other) {
        Form both = new Form();
        both.fields.putAll(fields);
        both.length = length + other.length;
        other.fields.forEach((name, values) -> both.fields.merge(name, values, (a, b) -> {
            List<String> all = new ArrayList<>(a);
            all.addAll(b);
            return all;
        }));
        return both;
    }

    Set<String> names() {
        return fields.keySet();
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    /** The first value that is not empty; null when there is none. */
    @Nullable
    String value(String name) {
        return all(name).stream().filter(value -> !value.isEmpty()).findFirst().orElse(null);
    }
}
