package dev.belfry.boot;

import dev.belfry.mercure.MercureSettings;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * What an application may set about the Mercure protocol.
 *
 * @param enabled Whether there is a Mercure hub at /.well-known/mercure.
 * @param hubUrl The hub's URL as clients know it, such as https://example.com/.well-known/mercure. Relative topics and patterns resolve
 *     against it, and tokens of 1.0 name it as their audience. Unless set, relative ones match relative ones only.
 * @param v0 Version 0.x, which most clients speak.
 * @param v1 Version 1.0.
 * @param strict Whether tokens of 1.0 must be of the type at+jwt and have iss, exp, aud, sub, client_id, iat and jti.
 * @param subscriptions Whether subscriptions are private updates when they begin and end, and can be asked for.
 */
@ConfigurationProperties("belfry.mercure")
public record MercureProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable URI hubUrl,
        @DefaultValue Version v0,
        @DefaultValue Version v1,
        @DefaultValue("false") boolean strict,
        @DefaultValue("false") boolean subscriptions) {
    /**
     * One version of the protocol.
     *
     * @param enabled Whether it is spoken.
     */
    public record Version(@DefaultValue("true") boolean enabled) {}

    MercureSettings toSettings(@Nullable String issuer) {
        URI url = hubUrl == null ? MercureSettings.DEFAULT_URL : hubUrl;
        try {
            return new MercureSettings(url, v0.enabled(), v1.enabled(), strict, subscriptions, issuer);
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigurationPropertyValueException("belfry.mercure", url, e.getMessage() + ".");
        }
    }
}
