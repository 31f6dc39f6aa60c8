package dev.belfry.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The parameters of a URL's query or of a form. */
public final class Parameters {
    private Parameters() {}

    /**
     * Adds all values by their names, in order; a parameter without a value has an empty one.
     *
     * @param encoded as it came
     * @throws IllegalArgumentException when it is not well percent-encoded UTF-8
     */
    public static void parse(String encoded, Map<String, List<String>> parameters) {
        for (String parameter : encoded.split("&", -1)) {
            if (!parameter.isEmpty()) {
                int equals = parameter.indexOf('=');
                String name = PercentEncoding.decode(equals < 0 ? parameter : parameter.substring(0, equals), true);
                String value = equals < 0 ? "" : PercentEncoding.decode(parameter.substring(equals + 1), true);
                parameters.computeIfAbsent(name, n -> new ArrayList<>(1)).add(value);
            }
        }
    }
}
