package dev.belfry.webflux;

import dev.belfry.wire.RequestTarget;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** What a request brings to say who has sent it (RFC 6750, section 2). */
final class Credentials {
    /** Where one of them stands. */
    enum Place {
        HEADER,
        COOKIE,
        TICKET
    }

    /**
     * One of them.
     *
     * @param text as it came; a header's with its scheme
     */
    record Credential(Place place, String text) {
        /** Without its text, which is a secret. */
        @Override
        public String toString() {
            return place.toString();
        }
    }

    private Credentials() {}

    /** All that there are. */
    static List<Credential> of(ServerHttpRequest request, String cookieName) {
        List<Credential> found = new ArrayList<>(1);
        HttpHeaders headers = request.getHeaders();
        headers.getOrEmpty(HttpHeaders.AUTHORIZATION).forEach(value -> found.add(new Credential(Place.HEADER, value)));
        // most requests have none, and to read them costs
        if (headers.containsHeader(HttpHeaders.COOKIE)) {
            for (HttpCookie cookie : request.getCookies().getOrDefault(cookieName, List.of())) {
                if (!cookie.getValue().isEmpty()) {
                    found.add(new Credential(Place.COOKIE, cookie.getValue()));
                }
            }
        }
        String query = request.getURI().getRawQuery();
        if (query != null) {
            new RequestTarget(new ExchangeHead(request, null), "")
                    .parameters("ticket")
                    .forEach(value -> found.add(new Credential(Place.TICKET, value)));
        }
        return found;
    }

    /** Whether it is a request that a page of another origin could have a browser send, cookie and all, and that changes something. */
    static boolean needsOrigin(ServerHttpRequest request) {
        return request.getMethod().equals(HttpMethod.POST) || WebSocketHandler.isWanted(request.getHeaders());
    }
}
