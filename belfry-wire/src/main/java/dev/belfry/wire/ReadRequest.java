package dev.belfry.wire;

import dev.belfry.EventFilter;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Start;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a {@code GET} asks for, in the words that all transports share. Each method throws a {@link Problem} for bad input. */
public final class ReadRequest {
    private static final List<String> CURSOR_NAMES = List.of("lastEventId", "last_event_id", "lastEventID", "after");
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})\"?(?=$|[,;\\s])");
    private static final int MAX_CURSOR_LENGTH = 128;

    /** What is longer than this has hundreds of patterns, or long ones. */
    private static final int LONG_CHARS = 2_048;

    private final RequestHead head;
    private final RequestTarget target;
    private final WireSettings settings;

    /** Reads nothing yet. */
    public ReadRequest(RequestHead head, WireSettings settings) {
        this.head = head;
        this.settings = settings;
        target = new RequestTarget(head, settings.path());
    }

    /** Whether it may take longer to read, and to make a filter of, than an event loop has for one request. */
    public boolean isLong() {
        return target.length() > LONG_CHARS;
    }

    /**
     * The event that the path names: one segment that is spelled like an id. A topic may be spelled so, too; what it is only the log
     * knows, by its epochs.
     */
    public Optional<Position> eventId() {
        String inPath = target.topicInPath();
        return inPath == null ? Optional.empty() : Position.ofEvent(inPath);
    }

    /** The patterns of the path and of the query; all when neither has any; empty when {@code topic} has no value. */
    public Set<TopicPattern> patterns() {
        Set<TopicPattern> patterns = new LinkedHashSet<>();
        String inPath = target.topicInPath();
        if (inPath != null) {
            patterns.add(TopicPattern.of(inPath));
        }
        List<String> inQuery = target.parameters("topic");
        inQuery.stream().filter(topic -> !topic.isEmpty()).map(TopicPattern::of).forEach(patterns::add);
        check(patterns, settings);
        boolean asksForNone = !inQuery.isEmpty() && patterns.isEmpty();
        return patterns.isEmpty() && !asksForNone ? Set.of(TopicPattern.ALL) : patterns;
    }

    /**
     * Checks how many patterns a subscription has, and how much they cost to match: exact topics next to nothing, patterns with
     * wildcards what they have of segments.
     *
     * @throws Problem 400 when it is too much
     */
    public static void check(Collection<? extends TopicSelector> patterns, WireSettings settings) {
        Set<TopicSelector> distinct = new HashSet<>(patterns);
        if (distinct.size() > settings.maxPatterns()) {
            throw Problem.badRequest(
                    "too-many-topics", "a subscription has at most " + settings.maxPatterns() + " topics");
        }
        if (sum(distinct, TopicPattern::wildcards) > settings.maxWildcards()
                || sum(distinct, TopicPattern::wideSegments) > settings.maxWideSegments()) {
            throw Problem.badRequest(
                    "too-many-wildcards",
                    "the patterns of a subscription have at most " + settings.maxWildcards()
                            + " wildcards, and those with a" + " wildcard at most " + settings.maxWideSegments()
                            + " segments in all");
        }
    }

    private static long sum(Set<TopicSelector> patterns, ToIntFunction<TopicPattern> count) {
        return patterns.stream()
                .filter(TopicPattern.class::isInstance)
                .map(TopicPattern.class::cast)
                .mapToLong(count::applyAsInt)
                .sum();
    }

    /** What somebody with these permissions gets over a transport that needs one pattern at least. */
    public EventFilter filter(Permissions permissions) {
        Set<TopicPattern> patterns = patterns();
        if (patterns.isEmpty()) {
            throw Problem.badRequest("invalid-pattern", "a topic has at least one character");
        }
        return permissions.filter(patterns);
    }

    /** Where to begin: the header {@code Last-Event-ID}, else the first of the query's names that has a value. */
    public Optional<Start> start() {
        return cursor().map(cursor -> {
            if (cursor.length() > MAX_CURSOR_LENGTH) {
                throw Problem.badRequest("invalid-cursor", "a cursor has at most " + MAX_CURSOR_LENGTH + " characters");
            }
            return Start.parse(cursor);
        });
    }

    private Optional<String> cursor() {
        Stream<@Nullable String> inQuery = CURSOR_NAMES.stream().map(target::parameter);
        return Stream.concat(Stream.of(orEmpty(head.header("Last-Event-ID"))), inQuery.map(ReadRequest::orEmpty))
                .filter(value -> !value.isEmpty())
                .findFirst();
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }

    /** How many events the answer to a poll may have. */
    public int limit() {
        String limit = target.parameter("limit");
        if (limit == null) {
            return settings.poll().defaultLimit();
        }
        int most = settings.poll().maxLimit();
        try {
            int wanted = Integer.parseInt(limit);
            if (wanted >= 1 && wanted <= most) {
                return wanted;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Problem.badRequest("invalid-limit", "limit is a number from 1 to " + most);
    }

    /** {@code Prefer: wait=N} in seconds (RFC 7240), at most as long as the server holds a poll; zero without it. */
    public Duration preferredWait() {
        for (String prefer : head.headers("Prefer")) {
            Matcher wait = WAIT.matcher(prefer);
            if (wait.find()) {
                Duration wanted = Duration.ofSeconds(Long.parseLong(wait.group(1)));
                Duration most = settings.poll().maxWait();
                return wanted.compareTo(most) < 0 ? wanted : most;
            }
        }
        return Duration.ZERO;
    }
}
