package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.Publication;
import dev.belfry.stream.StreamOwner;
import dev.belfry.wire.Problem;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Whose a WebSocket is, and how another token takes the place of the one before. Owned by the channel's event loop. */
final class Session {
    /** For so long the commands of the connection wait for the answer. */
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private final Clock clock;
    private final @Nullable TokenPermissions tokens;
    private StreamOwner owner;

    /** @param tokens null where no other token is accepted */
    Session(Clock clock, StreamOwner owner, @Nullable TokenPermissions tokens) {
        this.clock = clock;
        this.owner = owner;
        this.tokens = tokens;
    }

    /**
     * What it may do now.
     *
     * @throws Problem 401 when its time is over: its stream is about to end
     */
    Permissions permissions() {
        if (owner.permissions().isExpired(clock.instant())) {
            throw expired();
        }
        return owner.permissions();
    }

    /**
     * Lets a publication pass.
     *
     * @throws Problem when a topic is not granted, or not any more
     */
    Publication check(Publication publication) {
        return PublishGrant.check(permissions(), publication);
    }

    static Problem expired() {
        return new Problem(401, "token-expired", "the time of the token is over");
    }

    /** Whose it will be with another token; an error when that is refused, and nothing changes before it is {@linkplain #accept accepted}. */
    Mono<StreamOwner> ask(String token) {
        if (tokens == null) {
            return Mono.error(Problem.badRequest("auth-not-supported", "this server takes no tokens on a WebSocket"));
        }
        return tokens.permissions(token)
                .switchIfEmpty(Mono.error(() -> new Problem(403, "forbidden", "the token has no permissions")))
                .timeout(
                        MAX_WAIT,
                        Mono.error(() -> new Problem(503, "auth-timeout", "the token could not be verified in time")))
                .map(this::renewed);
    }

    private StreamOwner renewed(Permissions permissions) {
        if (permissions.isExpired(clock.instant())) {
            throw expired();
        }
        if (!Objects.equals(permissions.subject(), owner.permissions().subject())) {
            throw new Problem(403, "other-subject", "the token is another subject's; open another connection for it");
        }
        return new StreamOwner(permissions, owner.details());
    }

    void accept(StreamOwner renewed) {
        owner = renewed;
    }
}
