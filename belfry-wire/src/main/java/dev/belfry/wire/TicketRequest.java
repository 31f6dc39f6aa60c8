package dev.belfry.wire;

import dev.belfry.TopicPattern;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What somebody asks for who wants a one-time ticket: {@code {"topics": [...], "ttl": 30}}.
 *
 * @param topics one at least
 * @param ttl how long the ticket may wait to be used
 */
public record TicketRequest(Set<TopicPattern> topics, Duration ttl) {
    /** How many bytes a request may have. */
    public static final int MAX_BODY_BYTES = 16 << 10;

    private static final int MAX_TOPICS = 64;
    private static final int MAX_CHARACTERS = 8 << 10;
    private static final Duration MIN_TTL = Duration.ofSeconds(1);
    private static final Duration MAX_TTL = Duration.ofSeconds(60);
    private static final Duration DEFAULT_TTL = Duration.ofSeconds(30);

    /**
     * Reads it.
     *
     * @throws Problem 400 for whatever is wrong with it
     */
    public static TicketRequest read(byte[] utf8) {
        try (JsonParser parser = NotificationReader.parser(utf8)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.badRequest("invalid-json", "the body is a JSON object");
            }
            TicketRequest request = readFields(parser);
            if (parser.nextToken() != null) {
                throw Problem.badRequest("invalid-json", "the body goes on behind its JSON value");
            }
            return request;
        } catch (JacksonException e) {
            throw Problem.notJson("the body", e);
        }
    }

    private static TicketRequest readFields(JsonParser parser) {
        Set<TopicPattern> topics = Set.of();
        Duration ttl = DEFAULT_TTL;
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (!seen.add(name)) {
                throw Problem.badRequest("duplicate-field", "a field stands twice in the body");
            }
            parser.nextToken();
            switch (name) {
                case "topics" -> topics = topics(parser);
                case "ttl" -> ttl = ttl(parser);
                default -> throw Problem.badRequest("unknown-field", "a ticket has topics and ttl only");
            }
        }
        if (topics.isEmpty()) {
            throw Problem.badRequest("missing-topics", "a ticket has one topic at least");
        }
        return new TicketRequest(topics, ttl);
    }

    private static Set<TopicPattern> topics(JsonParser parser) {
        Set<TopicPattern> topics = new LinkedHashSet<>();
        int characters = 0;
        for (String name : NotificationReader.strings(parser, "topics")) {
            topics.add(TopicPattern.of(name));
            characters += name.length();
        }
        if (topics.size() > MAX_TOPICS || characters > MAX_CHARACTERS) {
            throw Problem.badRequest(
                    "too-many-topics",
                    "a ticket has at most " + MAX_TOPICS + " topics, of " + MAX_CHARACTERS + " characters in all");
        }
        return topics;
    }

    private static Duration ttl(JsonParser parser) {
        boolean fits = parser.currentToken() == JsonToken.VALUE_STRING
                || parser.currentToken().isNumeric();
        Duration ttl = fits ? NotificationReader.ttl(parser.getString()) : Duration.ZERO;
        if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw Problem.badRequest("invalid-ttl", "the ttl of a ticket is 1 to 60 seconds");
        }
        return ttl;
    }
}
