package dev.belfry.security;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what a token allows from its claims. A protocol that has claims of its own brings one; what several read adds up. */
@FunctionalInterface
public interface GrantReader {
    /**
     * Reads them, with bounds: whoever signs tokens may have let strangers write a part of them.
     *
     * @param claims as {@link VerifiedToken#claims} has them
     * @return {@link Grants#NONE} when its claim is missing
     * @throws InvalidToken when its claim is there and breaks a rule
     */
    Grants read(Map<String, @Nullable Object> claims);
}
