package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;

/** A publisher of Mercure. */
final class Mercure {
    static final String FORM = "application/x-www-form-urlencoded";

    private Mercure() {}

    static URI hub(BelfryProcess belfry) {
        return belfry.notifications("").resolve("/.well-known/mercure");
    }

    /** Publishes fields, names and values in turn, which must succeed; the id. */
    static String publish(BelfryProcess belfry, String... fields) {
        HttpResponse<String> response = Http.send("POST", hub(belfry), form(fields), "Content-Type", FORM);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    static String form(String... fields) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            form.append(i == 0 ? "" : "&")
                    .append(fields[i])
                    .append('=')
                    .append(URLEncoder.encode(fields[i + 1], UTF_8));
        }
        return form.toString();
    }
}
