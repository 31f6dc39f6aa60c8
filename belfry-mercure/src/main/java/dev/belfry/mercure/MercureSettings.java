package dev.belfry.mercure;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What the Mercure doors are set up with.
 *
 * @param hubUrl the hub's URL as clients know it, against which relative topics and patterns resolve; {@link #DEFAULT_URL} when it is
 *     not known
 * @param speaksV0 whether 0.x is spoken
 * @param speaksV1 whether 1.0 is spoken
 * @param strict whether tokens of 1.0 must have all that the draft asks for
 * @param subscriptions whether subscriptions are events, and can be asked for
 * @param authorizationServer the issuer of tokens, for the metadata; null when there is none to name
 */
public record MercureSettings(
        URI hubUrl,
        boolean speaksV0,
        boolean speaksV1,
        boolean strict,
        boolean subscriptions,
        @Nullable String authorizationServer) {
    /** Where the hub is on every server. */
    public static final String PATH = "/.well-known/mercure";

    /** Where it says what tokens it takes (RFC 9728). */
    public static final String METADATA_PATH = "/.well-known/oauth-protected-resource" + PATH;

    /** Stands for a hub whose URL is not known. */
    public static final URI DEFAULT_URL = URI.create("http://localhost" + PATH);

    /** Both versions, no subscription events. */
    public static final MercureSettings DEFAULT = new MercureSettings(DEFAULT_URL, true, true, false, false, null);

    /**
     * Checks the URL.
     *
     * @throws IllegalArgumentException when it is no URL of HTTP, or no version is spoken
     */
    public MercureSettings {
        if (!"http".equals(hubUrl.getScheme()) && !"https".equals(hubUrl.getScheme())) {
            throw new IllegalArgumentException("the hub's URL begins with http: or https:");
        }
        if (!speaksV0 && !speaksV1) {
            throw new IllegalArgumentException("a hub speaks one version at least");
        }
    }

    UrlSpelling spelling() {
        Url url = UrlReader.read(hubUrl.toString(), null);
        if (url == null) {
            throw new IllegalArgumentException("not a URL: " + hubUrl);
        }
        return new UrlSpelling(url);
    }
}
