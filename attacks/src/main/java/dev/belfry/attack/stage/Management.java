package dev.belfry.attack.stage;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The management port of a server. */
public final class Management {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    private final URI base;

    Management(int port) {
        base = URI.create("http://127.0.0.1:" + port + "/actuator/");
    }

    /** Whether health says UP; it does not when it says nothing. */
    public boolean isUp() {
        return get("health").contains("\"status\":\"UP\"");
    }

    /** A metric without tags; NaN when it is not there. */
    public double metric(String name) {
        return get("prometheus")
                .lines()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(Double.NaN);
    }

    private String get(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(base.resolve(path))
                    .version(HttpClient.Version.HTTP_1_1)
                    .timeout(PATIENCE)
                    .build();
            return HTTP.send(request, BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
