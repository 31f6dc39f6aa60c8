package dev.belfry.webflux;

import dev.belfry.Notification;
import dev.belfry.TopicPattern;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * One message of a WebSocket client.
 *
 * @param op what is to be done
 * @param ref the client's own name for it, given back with the answer
 * @param notifications for {@code publish}
 * @param body the notifications as they came
 * @param key for {@code publish}: the idempotency key
 * @param patterns for {@code subscribe} and {@code unsubscribe}
 * @param after for {@code subscribe}: the cursor
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record WebSocketCommand(
        String op,
        @Nullable String ref,
        List<Notification> notifications,
        byte[] body,
        @Nullable String key,
        List<TopicPattern> patterns,
        @Nullable String after) {
    private static final byte[] EMPTY = {};

    /** What has neither a name nor anything else. */
    private static final WebSocketCommand NONE =
            new WebSocketCommand("", null, List.of(), EMPTY, null, List.of(), null);

    private static final int MAX_REF_LENGTH = 128;

    /**
     * Reads a message.
     *
     * @throws Problem for whatever is wrong
     */
    static WebSocketCommand read(byte[] utf8, WireSettings settings) {
        try (JsonParser parser = NotificationReader.parser(utf8)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.badRequest("invalid-json", "a message is a JSON object");
            }
            WebSocketCommand command = read(utf8, parser, settings);
            if (parser.nextToken() != null) {
                throw Problem.badRequest("invalid-json", "the message goes on behind its JSON value");
            }
            return command;
        } catch (JacksonException e) {
            throw NotificationReader.notJson("the message", e);
        }
    }

    /** The name of a message that could not be read, wherever it stands in it; of no JSON there is none. */
    static WebSocketCommand unread(byte[] utf8) {
        try (JsonParser parser = NotificationReader.parser(utf8)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("ref")) {
                    return NONE.withRef(scalar(parser));
                }
                parser.skipChildren();
            }
        } catch (JacksonException | Problem e) {
            // then it has none
        }
        return NONE;
    }

    private static WebSocketCommand read(byte[] utf8, JsonParser parser, WireSettings settings) {
        WebSocketCommand command = NONE;
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (!seen.add(name)) {
                throw Problem.badRequest("duplicate-field", "a field stands twice in a message");
            }
            parser.nextToken();
            command = switch (name) {
                case "op" -> command.withOp(NotificationReader.string(parser, name));
                case "ref" -> command.withRef(scalar(parser));
                case "key" -> command.withKey(NotificationReader.string(parser, name));
                case "after" -> command.withAfter(NotificationReader.string(parser, name));
                case "topic" -> command.withPatterns(NotificationReader.strings(parser, name));
                case "notification" -> command.withNotifications(utf8, parser, settings);
                default ->
                    throw Problem.badRequest(
                            "unknown-field", "a message has op, ref, topic, after, notification and key");
            };
        }
        seen.removeAll(Set.of("op", "ref"));
        command.checkFields(seen);
        return command;
    }

    /** What an op needs, and nothing that it has no use for: a field in the wrong place is somebody's mistake. */
    private void checkFields(Set<String> fields) {
        switch (op) {
            case "publish" -> checkFields(fields, "notification", Set.of("notification", "key"));
            case "subscribe" -> checkFields(fields, "topic", Set.of("topic", "after"));
            case "unsubscribe" -> checkFields(fields, "topic", Set.of("topic"));
            case "ping" -> checkFields(fields, null, Set.of());
            default -> throw Problem.badRequest("unknown-op", "op is one of publish, subscribe, unsubscribe and ping");
        }
    }

    private void checkFields(Set<String> fields, @Nullable String needed, Set<String> allowed) {
        if (needed != null && !fields.contains(needed)) {
            throw Problem.badRequest("missing-" + needed, op + " has a field " + needed);
        }
        if (!allowed.containsAll(fields)) {
            throw Problem.badRequest("unknown-field", op + " has op, ref and " + new TreeSet<>(allowed));
        }
    }

    private static String scalar(JsonParser parser) {
        boolean fits = parser.currentToken() == JsonToken.VALUE_STRING
                || parser.currentToken().isNumeric();
        String text = fits ? parser.getString() : null;
        if (text == null || text.length() > MAX_REF_LENGTH) {
            throw Problem.badRequest("invalid-ref", "ref is a string or a number of at most 128 characters");
        }
        return text;
    }

    private WebSocketCommand withOp(String value) {
        return new WebSocketCommand(value, ref, notifications, body, key, patterns, after);
    }

    private WebSocketCommand withRef(String value) {
        return new WebSocketCommand(op, value, notifications, body, key, patterns, after);
    }

    private WebSocketCommand withKey(String value) {
        return new WebSocketCommand(op, ref, notifications, body, value, patterns, after);
    }

    private WebSocketCommand withAfter(String value) {
        return new WebSocketCommand(op, ref, notifications, body, key, patterns, value);
    }

    private WebSocketCommand withPatterns(List<String> value) {
        List<TopicPattern> read = value.stream().map(TopicPattern::of).toList();
        return new WebSocketCommand(op, ref, notifications, body, key, read, after);
    }

    private WebSocketCommand withNotifications(byte[] utf8, JsonParser parser, WireSettings settings) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        List<Notification> value =
                NotificationReader.readNested(utf8, parser, settings.publish().maxBatch());
        int to = (int) parser.currentLocation().getByteOffset();
        return new WebSocketCommand(op, ref, value, Arrays.copyOfRange(utf8, from, to), key, patterns, after);
    }
}
