package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * The token that a request carries, not yet verified.
 *
 * @param token null when it carries none
 * @param place where it stands
 */
record Credentials(@Nullable String token, Place place) {
    enum Place {
        HEADER,
        PARAMETER,
        COOKIE_OF_V0,
        COOKIE_OF_V1
    }

    static final String COOKIE_V0 = "mercureAuthorization";
    static final String COOKIE_V1 = "__Secure-mercure_access_token";
    static final int MAX_LENGTH = 8192;

    private static final Credentials NONE = new Credentials(null, Place.HEADER);

    /** The header wins; 0.x has a parameter, too, and each version a cookie of its own. */
    static Credentials of(ServerHttpRequest request, Form query, boolean hasParameter, boolean speaksV1) {
        List<String> headers = request.getHeaders().getOrEmpty(HttpHeaders.AUTHORIZATION);
        if (!headers.isEmpty()) {
            return new Credentials(headers.size() > 1 ? "" : bearer(headers.get(0)), Place.HEADER);
        }
        if (hasParameter && query.has("authorization")) {
            return new Credentials(query.all("authorization").get(0), Place.PARAMETER);
        }
        HttpCookie cookie = request.getCookies().getFirst(COOKIE_V1);
        if (speaksV1 && cookie != null) {
            return new Credentials(cookie.getValue(), Place.COOKIE_OF_V1);
        }
        HttpCookie old = request.getCookies().getFirst(COOKIE_V0);
        return old == null ? NONE : new Credentials(old.getValue(), Place.COOKIE_OF_V0);
    }

    /** Empty, and so no valid token, for other schemes. */
    private static String bearer(String header) {
        return header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip()
                : "";
    }

    /** Whether it is a token of 1.0, as it says itself: the answer then is one of 1.0, whatever it turns out to be worth. */
    boolean isOfV1() {
        if (token == null || token.length() > MAX_LENGTH || place == Place.PARAMETER) {
            return false;
        }
        if (place == Place.COOKIE_OF_V1) {
            return true;
        }
        String[] parts = token.split("\\.", -1);
        return parts.length == 3
                && (decoded(parts[0]).toLowerCase(Locale.ROOT).contains("\"at+jwt\"")
                        || decoded(parts[1]).contains("\"" + MercureGrants.DETAILS + "\""));
    }

    private static String decoded(String part) {
        try {
            return new String(Base64.getUrlDecoder().decode(part), UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Whether a browser has sent it by itself. */
    boolean isCookie() {
        return place == Place.COOKIE_OF_V0 || place == Place.COOKIE_OF_V1;
    }

    /** Whether its header says that it is an access token (RFC 9068). */
    boolean isAccessToken() {
        return token != null
                && token.indexOf('.') > 0
                && decoded(token.substring(0, token.indexOf('.')))
                        .toLowerCase(Locale.ROOT)
                        .matches("(?s).*\"typ\"\\s*:\\s*\"(application/)?at\\+jwt\".*");
    }
}
