package dev.belfry.security;

import dev.belfry.Permissions;
import dev.belfry.TopicSelector;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One-time tickets, for clients that can send no header. A ticket is random, lives a minute at most, opens one connection, and
 * permits no more than the topics that it was asked for. Only hashes are kept, in a bounded number and size. Any thread may use it.
 */
public final class Tickets {
    /** How long a ticket may live. */
    public static final Duration MAX_TTL = Duration.ofSeconds(60);

    /** How many topics one may have. */
    public static final int MAX_TOPICS = 64;

    private static final int RANDOM_BYTES = 32;
    private static final int TEXT_LENGTH = 43;
    private static final int MAX_TICKETS = 10_000;
    private static final int MAX_OF_SUBJECT = 100;
    private static final long MAX_CHARACTERS = 4 << 20;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /** In the order in which they were issued: each is over a minute after it, at the latest. */
    private final Map<Sha256, Issued> issued = new LinkedHashMap<>();

    private final Map<String, Integer> ofSubjects = new HashMap<>();
    private long characters;

    private record Issued(Permissions permissions, Instant expires, int characters) {
        String owner() {
            String subject = permissions.subject();
            return subject == null ? "" : subject;
        }
    }

    /** Makes none yet. */
    public Tickets(Clock clock) {
        this.clock = clock;
    }

    /**
     * Issues one.
     *
     * @param caller of whose permissions it has a part
     * @param topics what it is for; at most {@link #MAX_TOPICS}
     * @param ttl is shortened to {@link #MAX_TTL}
     * @throws TooManyTickets when there is no room
     */
    public Ticket issue(Permissions caller, Set<? extends TopicSelector> topics, Duration ttl) {
        byte[] secret = new byte[RANDOM_BYTES];
        random.nextBytes(secret);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        Instant expires = clock.instant().plus(ttl.compareTo(MAX_TTL) > 0 ? MAX_TTL : ttl);
        int length = topics.stream().mapToInt(topic -> topic.name().length()).sum();
        keep(Sha256.of(text), new Issued(caller.narrow(topics), expires, length));
        return new Ticket(text, expires);
    }

    private synchronized void keep(Sha256 hash, Issued ticket) {
        removeOld();
        if (ofSubjects.getOrDefault(ticket.owner(), 0) >= MAX_OF_SUBJECT) {
            throw new TooManyTickets(true);
        }
        if (issued.size() >= MAX_TICKETS || characters + ticket.characters > MAX_CHARACTERS) {
            throw new TooManyTickets(false);
        }
        issued.put(hash, ticket);
        ofSubjects.merge(ticket.owner(), 1, Integer::sum);
        characters += ticket.characters;
    }

    /** From the oldest on; one that lives longer keeps those behind it, for a minute at most. */
    private void removeOld() {
        Instant now = clock.instant();
        var oldest = issued.values().iterator();
        while (oldest.hasNext()) {
            Issued ticket = oldest.next();
            if (now.isBefore(ticket.expires)) {
                return;
            }
            oldest.remove();
            forget(ticket);
        }
    }

    private void forget(Issued ticket) {
        ofSubjects.computeIfPresent(ticket.owner(), (owner, count) -> count == 1 ? null : count - 1);
        characters -= ticket.characters;
    }

    /** What a ticket permits, and it is used up; null when it is not one, not any more, or too old. */
    public @Nullable Permissions redeem(String text) {
        if (text.length() != TEXT_LENGTH) {
            return null;
        }
        Sha256 hash = Sha256.of(text);
        Issued ticket;
        synchronized (this) {
            ticket = issued.remove(hash);
            if (ticket != null) {
                forget(ticket);
            }
        }
        Instant now = clock.instant();
        return ticket == null || !now.isBefore(ticket.expires) || ticket.permissions.isExpired(now)
                ? null
                : ticket.permissions;
    }

    synchronized int size() {
        return issued.size();
    }
}
