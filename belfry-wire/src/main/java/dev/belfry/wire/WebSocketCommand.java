package dev.belfry.wire;

import dev.belfry.Publication;
import dev.belfry.Start;
import dev.belfry.TopicPattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One message of a WebSocket client. */
public sealed interface WebSocketCommand {
    /** The client's own name for the command, which comes back with the answer; null when it has none. */
    @Nullable
    String ref();

    /** Publishes. */
    record Publish(@Nullable String ref, Publication publication) implements WebSocketCommand {}

    /**
     * Adds patterns.
     *
     * @param after where to begin; null for where the connection is
     */
    record Subscribe(
            @Nullable String ref,
            List<TopicPattern> patterns,
            @Nullable Start after) implements WebSocketCommand {}

    /** Takes patterns away. */
    record Unsubscribe(@Nullable String ref, List<TopicPattern> patterns) implements WebSocketCommand {}

    /** Shows another token, which takes the place of the one before. */
    record Auth(@Nullable String ref, String token) implements WebSocketCommand {
        /** Without the token, which belongs in no log. */
        @Override
        public String toString() {
            return "Auth[ref=" + ref + "]";
        }
    }

    /** Asks for a sign of life. */
    record Ping(@Nullable String ref) implements WebSocketCommand {}
}
