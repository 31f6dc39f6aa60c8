package dev.belfry.wire;

import dev.belfry.IdempotencyKey;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Start;
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

/** Reads the messages of WebSocket clients, strictly: a field in the wrong place is a mistake of its writer. */
public final class WebSocketCommandReader {
    private static final int MAX_REF_LENGTH = 128;
    private static final int MAX_TOKEN_LENGTH = 8 << 10;

    private final byte[] utf8;
    private final JsonParser parser;
    private final WireSettings settings;
    private final Set<String> seen = new HashSet<>();
    private String op = "";
    private @Nullable String ref;
    private @Nullable String key;
    private @Nullable String after;
    private String token = "";
    private List<TopicPattern> patterns = List.of();
    private List<Notification> notifications = List.of();
    private byte[] body = {};

    private WebSocketCommandReader(byte[] utf8, JsonParser parser, WireSettings settings) {
        this.utf8 = utf8;
        this.parser = parser;
        this.settings = settings;
    }

    /**
     * Reads a message.
     *
     * @throws Problem for whatever is wrong with it
     */
    public static WebSocketCommand read(byte[] utf8, WireSettings settings) {
        try (JsonParser parser = NotificationReader.parser(utf8)) {
            return new WebSocketCommandReader(utf8, parser, settings).read();
        } catch (JacksonException e) {
            throw Problem.notJson("the message", e);
        }
    }

    /** The ref of a message that could not be read, wherever it stands in it; null when it has none or is not JSON. */
    public static @Nullable String refOfUnread(byte[] utf8) {
        try (JsonParser parser = NotificationReader.parser(utf8)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("ref")) {
                    return ref(parser);
                }
                parser.skipChildren();
            }
        } catch (JacksonException | Problem e) {
            // then it has none
        }
        return null;
    }

    private WebSocketCommand read() {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw Problem.badRequest("invalid-json", "a message is a JSON object");
        }
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (!seen.add(name)) {
                throw Problem.badRequest("duplicate-field", "a field stands twice in a message");
            }
            parser.nextToken();
            readField(name);
        }
        if (parser.nextToken() != null) {
            throw Problem.badRequest("invalid-json", "the message goes on behind its JSON value");
        }
        return toCommand();
    }

    private void readField(String name) {
        switch (name) {
            case "op" -> op = NotificationReader.string(parser, name);
            case "ref" -> ref = ref(parser);
            case "key" -> key = NotificationReader.string(parser, name);
            case "token" -> token = token(parser);
            case "after" -> after = NotificationReader.string(parser, name);
            case "topic" ->
                patterns = NotificationReader.strings(parser, name).stream()
                        .map(TopicPattern::of)
                        .toList();
            case "notification" -> readNotifications();
            default ->
                throw Problem.badRequest(
                        "unknown-field", "a message has op, ref, topic, after, notification, key and token only");
        }
    }

    private static String ref(JsonParser parser) {
        boolean fits = parser.currentToken() == JsonToken.VALUE_STRING
                || parser.currentToken().isNumeric();
        String text = fits ? parser.getString() : null;
        if (text == null || text.length() > MAX_REF_LENGTH) {
            throw Problem.badRequest("invalid-ref", "ref is a string or a number of at most 128 characters");
        }
        return text;
    }

    private static String token(JsonParser parser) {
        String text = NotificationReader.string(parser, "token");
        if (text.isEmpty() || text.length() > MAX_TOKEN_LENGTH) {
            throw Problem.badRequest("invalid-token", "token is a string of 1 to 8,192 characters");
        }
        return text;
    }

    private void readNotifications() {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        notifications =
                NotificationReader.readNested(utf8, parser, settings.publish().maxBatch());
        int to = (int) parser.currentLocation().getByteOffset();
        body = Arrays.copyOfRange(utf8, from, to);
    }

    private WebSocketCommand toCommand() {
        return switch (op) {
            case "publish" -> publish();
            case "subscribe" -> {
                checkFields("topic", Set.of("topic", "after"));
                yield new WebSocketCommand.Subscribe(ref, patterns, after == null ? null : Start.parse(after));
            }
            case "unsubscribe" -> {
                checkFields("topic", Set.of("topic"));
                yield new WebSocketCommand.Unsubscribe(ref, patterns);
            }
            case "auth" -> {
                checkFields("token", Set.of("token"));
                yield new WebSocketCommand.Auth(ref, token);
            }
            case "ping" -> {
                checkFields(null, Set.of());
                yield new WebSocketCommand.Ping(ref);
            }
            default -> throw Problem.badRequest("unknown-op", "op is publish, subscribe, unsubscribe, auth or ping");
        };
    }

    private WebSocketCommand publish() {
        checkFields("notification", Set.of("notification", "key"));
        IdempotencyKey named = key == null ? null : IdempotencyKey.of(key, body);
        return new WebSocketCommand.Publish(ref, new Publication(notifications, named));
    }

    /** What an op needs, and nothing that it has no use for. */
    private void checkFields(@Nullable String needed, Set<String> allowed) {
        if (needed != null && !seen.contains(needed)) {
            throw Problem.badRequest("missing-" + needed, op + " has a field " + needed);
        }
        Set<String> others = new TreeSet<>(seen);
        others.removeAll(Set.of("op", "ref"));
        others.removeAll(allowed);
        if (!others.isEmpty()) {
            throw Problem.badRequest("unknown-field", op + " has op, ref and " + new TreeSet<>(allowed) + " only");
        }
    }
}
