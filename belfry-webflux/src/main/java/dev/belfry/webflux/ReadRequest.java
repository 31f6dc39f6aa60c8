package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.EventFilter;
import dev.belfry.Permissions;
import dev.belfry.Start;
import dev.belfry.TopicPattern;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.util.UriUtils;

/** What a {@code GET} asks for, in the words that all transports share. */
final class ReadRequest {
    private static final List<String> CURSOR_NAMES = List.of("lastEventId", "last_event_id", "lastEventID", "after");
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*\"?(\\d{1,9})\"?(?=$|[,;\\s])");
    private static final int MAX_CURSOR_LENGTH = 128;

    private final ServerHttpRequest request;
    private final WireSettings settings;

    ReadRequest(ServerHttpRequest request, WireSettings settings) {
        this.request = request;
        this.settings = settings;
    }

    /** The patterns of the path and of the query; all when there is none; empty when {@code topic} is there without a value. */
    Set<TopicPattern> patterns() {
        Set<TopicPattern> patterns = new LinkedHashSet<>();
        String inPath = topicInPath(request, settings);
        if (inPath != null) {
            patterns.add(TopicPattern.of(inPath));
        }
        List<String> inQuery = query().getOrDefault("topic", List.of());
        for (String topic : inQuery) {
            if (topic != null && !topic.isEmpty()) {
                patterns.add(TopicPattern.of(topic));
            }
        }
        checkCount(patterns.size(), settings);
        boolean asksForNone = !inQuery.isEmpty() && patterns.isEmpty();
        return patterns.isEmpty() && !asksForNone ? Set.of(TopicPattern.ALL) : patterns;
    }

    static void checkCount(int patterns, WireSettings settings) {
        int most = settings.stream().maxPatterns();
        if (patterns > most) {
            throw Problem.badRequest("too-many-topics", "a subscription has at most " + most + " topics");
        }
    }

    /** What stands in the path behind the endpoint's own, decoded; null when nothing does. */
    static @Nullable String topicInPath(ServerHttpRequest request, WireSettings settings) {
        String path = request.getPath().pathWithinApplication().value();
        if (path.equals(settings.path()) || path.equals(settings.path() + "/")) {
            return null;
        }
        if (!path.startsWith(settings.path() + "/")) {
            // Spring compares decoded segments, so the endpoint's own may be percent-encoded: its length would be
            // another
            throw new Problem(HttpStatus.NOT_FOUND, "not-found", "the endpoint is " + settings.path());
        }
        String rest = path.substring(settings.path().length());
        try {
            // byte for byte, and strictly as UTF-8 then: what is none must not become a topic of replacement characters
            byte[] utf8 = UriUtils.decode(rest.substring(1), ISO_8859_1).getBytes(ISO_8859_1);
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw Problem.badRequest("invalid-topic", "the topic in the path is not well percent-encoded");
        }
    }

    EventFilter filter() {
        Set<TopicPattern> patterns = patterns();
        if (patterns.isEmpty()) {
            throw Problem.badRequest("invalid-pattern", "a topic has at least one character");
        }
        return Permissions.OPEN.filter(patterns);
    }

    /** Where to begin: the header {@code Last-Event-ID}, else the first of the query's names that has a value. */
    Optional<Start> start() {
        return cursor().map(cursor -> {
            if (cursor.length() > MAX_CURSOR_LENGTH) {
                throw Problem.badRequest("invalid-cursor", "a cursor has at most " + MAX_CURSOR_LENGTH + " characters");
            }
            return Start.parse(cursor);
        });
    }

    private Optional<String> cursor() {
        String header = request.getHeaders().getFirst("Last-Event-ID");
        if (header != null && !header.isEmpty()) {
            return Optional.of(header);
        }
        return CURSOR_NAMES.stream()
                .map(name -> query().getFirst(name))
                .filter(value -> value != null && !value.isEmpty())
                .findFirst();
    }

    int limit() {
        String limit = query().getFirst("limit");
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
    Duration preferredWait() {
        for (String prefer : request.getHeaders().getOrDefault("Prefer", List.of())) {
            Matcher wait = WAIT.matcher(prefer);
            if (wait.find()) {
                Duration wanted = Duration.ofSeconds(Long.parseLong(wait.group(1)));
                Duration most = settings.poll().maxWait();
                return wanted.compareTo(most) < 0 ? wanted : most;
            }
        }
        return Duration.ZERO;
    }

    private MultiValueMap<String, @Nullable String> query() {
        try {
            return request.getQueryParams();
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-query", "the query is not well percent-encoded");
        }
    }
}
