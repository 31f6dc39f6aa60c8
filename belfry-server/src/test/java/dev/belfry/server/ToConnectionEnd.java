package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.testkit.RawHttp;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A request of HTTP/1.0. */
final class ToConnectionEnd {
    private ToConnectionEnd() {}

    static RawHttp request(URI uri, String accept, @Nullable String cursor) throws Refused {
        String lastEventId = cursor == null ? "" : "\nLast-Event-ID: " + cursor;
        RawHttp http = RawHttp.request(
                uri.getPort(),
                "GET %s?%s HTTP/1.0\nHost: 127.0.0.1\nAccept: %s%s"
                        .formatted(uri.getRawPath(), uri.getRawQuery(), accept, lastEventId));
        int status = http.status();
        if (status != 200) {
            http.close();
            throw new Refused(status);
        }
        assertThat(http.header("transfer-encoding")).isEmpty();
        assertThat(http.header("content-length")).isEmpty();
        assertThat(http.header("connection")).isEqualTo("close");
        return http;
    }
}
