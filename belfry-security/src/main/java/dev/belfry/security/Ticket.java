package dev.belfry.security;

import java.time.Instant;

/**
 * What stands for somebody's permissions, once.
 *
 * @param text 43 characters of base64url
 * @param expires until when it must be used
 */
public record Ticket(String text, Instant expires) {
    /** Without its text, which is a secret. */
    @Override
    public String toString() {
        return "Ticket[expires=" + expires + "]";
    }
}
