package dev.belfry.security;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What every token must say (RFC 7519, 4.1).
 *
 * @param issuer what {@code iss} must be, exactly; null when any will do
 * @param audiences of which {@code aud} must have one; when empty any will do
 * @param clock what time it is
 */
public record TokenRules(@Nullable String issuer, Set<String> audiences, Clock clock) {
    /**
     * How far the issuer's clock may be ahead, for {@code nbf}. There is none for {@code exp}: a stream ends at that very time, and a
     * token that would be accepted afterwards would open a stream that ends at once.
     */
    private static final Duration SKEW = Duration.ofSeconds(30);

    /** The end of the year 9999. */
    private static final long MAX_SECONDS = 253_402_300_799L;

    public TokenRules {
        audiences = Set.copyOf(audiences);
    }

    VerifiedToken check(Map<String, @Nullable Object> claims) {
        Instant now = clock.instant();
        if (!claims.containsKey("exp")) {
            throw new InvalidToken("no exp");
        }
        Instant expires = time(claims.get("exp"));
        if (!now.isBefore(expires)) {
            throw new InvalidToken("expired");
        }
        if (claims.containsKey("nbf") && time(claims.get("nbf")).isAfter(now.plus(SKEW))) {
            throw new InvalidToken("not valid yet");
        }
        if (issuer != null && !issuer.equals(claims.get("iss"))) {
            throw new InvalidToken("of another issuer");
        }
        if (!audiences.isEmpty() && !isFor(claims.get("aud"))) {
            throw new InvalidToken("for another audience");
        }
        return new VerifiedToken(subject(claims), expires, claims);
    }

    /** Whole seconds: a text, a fraction or an unknown number of digits is what one reader takes for another time than the next. */
    private static Instant time(@Nullable Object claim) {
        if (claim instanceof Long seconds && seconds >= 0 && seconds <= MAX_SECONDS) {
            return Instant.ofEpochSecond(seconds);
        }
        throw new InvalidToken("a time is not a whole number of seconds");
    }

    private boolean isFor(@Nullable Object audience) {
        return audience instanceof List<?> several
                ? several.stream().anyMatch(one -> one instanceof String && audiences.contains(one))
                : audience instanceof String one && audiences.contains(one);
    }

    private static @Nullable String subject(Map<String, @Nullable Object> claims) {
        Object subject = claims.get("sub");
        if (claims.containsKey("sub") && !(subject instanceof String)) {
            throw new InvalidToken("sub is not a string");
        }
        return (String) subject;
    }
}
