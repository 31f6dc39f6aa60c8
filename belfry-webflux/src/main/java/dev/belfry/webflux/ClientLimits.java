package dev.belfry.webflux;

import dev.belfry.Permissions;
import dev.belfry.ReadClient;
import dev.belfry.wire.Problem;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.web.server.ServerWebExchange;

/**
 * What one client may do, for all doors together. Without a limit nothing is asked and nothing is kept.
 *
 * <p>The address is the request's, which is that of a proxy unless the application reads forwarded headers.
 */
public final class ClientLimits {
    private static final Duration CLOSED_SOON = Duration.ofSeconds(5);

    /** Everybody may do everything. */
    public static final ClientLimits NONE = new ClientLimits(LimitSettings.NONE, 1);

    private final boolean isOff;
    private final Client anybody = new Client(null, "");
    private final List<Rule<Buckets>> publishing;
    private final List<Rule<Buckets>> connecting;
    private final List<Rule<OpenCounts>> open;

    /** Whose limit it is, and what counts. */
    private record Rule<T>(Function<Client, @Nullable Object> owner, T limit) {}

    /**
     * Counts from now on.
     *
     * @param maxBatch how many notifications one publication may have
     */
    public ClientLimits(LimitSettings settings, int maxBatch) {
        this(settings, maxBatch, TimeMeter.SYSTEM_NANOTIME);
    }

    ClientLimits(LimitSettings settings, int maxBatch, TimeMeter clock) {
        isOff = settings.equals(LimitSettings.NONE);
        publishing = buckets(settings.publishPerSubject(), settings.publishPerAddress(), maxBatch, clock);
        connecting = buckets(settings.connectPerSubject(), settings.connectPerAddress(), 1, clock);
        open = rules(settings.openPerSubject(), settings.openPerAddress(), OpenCounts::new);
    }

    private static List<Rule<Buckets>> buckets(
            LimitSettings.@Nullable Rate perSubject,
            LimitSettings.@Nullable Rate perAddress,
            int mostAtOnce,
            TimeMeter clock) {
        return rules(perSubject, perAddress, rate -> new Buckets(rate, mostAtOnce, clock));
    }

    private static <S, T> List<Rule<T>> rules(@Nullable S perSubject, @Nullable S perAddress, Function<S, T> limit) {
        List<Rule<T>> rules = new ArrayList<>();
        if (perSubject != null) {
            rules.add(new Rule<>(Client::subject, limit.apply(perSubject)));
        }
        if (perAddress != null) {
            rules.add(new Rule<>(Client::address, limit.apply(perAddress)));
        }
        return List.copyOf(rules);
    }

    private static void nothing() {}

    /** The sender of a request; for a WebSocket, of its handshake. */
    public Client client(ServerWebExchange exchange, Permissions permissions) {
        if (isOff) {
            return anybody;
        }
        Object address = ReadClient.at(exchange.getRequest().getRemoteAddress()).name();
        return new Client(permissions.subject(), address);
    }

    /** For tests of what is behind the limits. */
    Client anybody() {
        return anybody;
    }

    /** Those that a limit can be of. */
    public final class Client {
        private final @Nullable String subject;
        private final Object address;

        private Client(@Nullable String subject, Object address) {
            this.subject = subject;
            this.address = address;
        }

        private @Nullable Object subject() {
            return subject;
        }

        private Object address() {
            return address;
        }

        /** The same client with other permissions. */
        public Client with(Permissions permissions) {
            return isOff ? this : new Client(permissions.subject(), address);
        }

        /**
         * Refuses a publication before any of it is read, when not even one notification may be published.
         *
         * @throws Problem 429
         */
        public void checkPublish() {
            for (Rule<Buckets> rule : publishing) {
                Object owner = rule.owner.apply(this);
                if (owner != null) {
                    refuseUnlessZero(rule.limit.nanosToWait(owner), "too much is published");
                }
            }
        }

        /**
         * Counts notifications that are published.
         *
         * @throws Problem 429 when they are too many; then none of them counts
         */
        public void publish(long notifications) {
            take(publishing, notifications, "too much is published");
        }

        /**
         * Counts a stream, a WebSocket, or a waiting poll.
         *
         * @return what is done, once or more often, when it is over
         * @throws Problem 429 when there are too many, or too many have begun
         */
        public Runnable open() {
            if (isOff) {
                return ClientLimits::nothing;
            }
            List<Runnable> close = new ArrayList<>(open.size());
            try {
                take(connecting, 1, "too many streams begin");
                for (Rule<OpenCounts> rule : open) {
                    Object owner = rule.owner.apply(this);
                    if (owner != null) {
                        close.add(open(rule.limit, owner));
                    }
                }
            } catch (Problem e) {
                close.forEach(Runnable::run);
                throw e;
            }
            return new Once(close);
        }

        private Runnable open(OpenCounts counts, Object owner) {
            if (!counts.tryOpen(owner)) {
                throw Problem.rateLimited("too many streams are open", CLOSED_SOON);
            }
            return () -> counts.close(owner);
        }

        private void take(List<Rule<Buckets>> rules, long count, String what) {
            for (int i = 0; i < rules.size(); i++) {
                Object owner = rules.get(i).owner.apply(this);
                long nanos = owner == null ? 0 : rules.get(i).limit.takeOrNanosToWait(owner, count);
                if (nanos > 0) {
                    giveBack(rules.subList(0, i), count);
                    refuseUnlessZero(nanos, what);
                }
            }
        }

        private void giveBack(List<Rule<Buckets>> rules, long count) {
            for (Rule<Buckets> rule : rules) {
                Object owner = rule.owner.apply(this);
                if (owner != null) {
                    rule.limit.giveBack(owner, count);
                }
            }
        }
    }

    private static void refuseUnlessZero(long nanos, String what) {
        if (nanos > 0) {
            throw Problem.rateLimited(what, Duration.ofNanos(nanos));
        }
    }

    /** Closing again does nothing. */
    private static final class Once implements Runnable {
        private @Nullable List<Runnable> close;

        Once(List<Runnable> close) {
            this.close = close;
        }

        @Override
        public synchronized void run() {
            List<Runnable> due = close;
            close = null;
            if (due != null) {
                due.forEach(Runnable::run);
            }
        }
    }
}
