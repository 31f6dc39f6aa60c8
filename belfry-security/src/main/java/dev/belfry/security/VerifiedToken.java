package dev.belfry.security;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token says that one of the keys has signed and whose time has come.
 *
 * @param subject {@code sub}; null when it has none
 * @param expires {@code exp}
 * @param claims all of them, as JSON reads: String, Long, Double, Boolean, List, Map, null; cannot be changed
 */
public record VerifiedToken(@Nullable String subject, Instant expires, Map<String, @Nullable Object> claims) {}
