package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.Notification;
import dev.belfry.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads notifications from JSON. Strict: a name that it does not know is an error and not a notification on a topic that
 * nobody meant. {@code data} is kept as it was spelled, numbers and escapes included; only line ends between its tokens
 * become spaces, so that it is one line.
 */
final class NotificationReader {
    private static final int MAX_DEPTH = 256;
    private static final int MAX_NUMBER_LENGTH = 1000;
    private static final Duration MIN_TTL = Duration.ofMillis(1);
    private static final Duration MAX_TTL = Duration.ofDays(3650);
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final byte[] utf8;
    private final JsonParser parser;
    private final @Nullable Topic defaultTopic;
    private final int maxBatch;

    private NotificationReader(byte[] utf8, JsonParser parser, @Nullable Topic defaultTopic, int maxBatch) {
        this.utf8 = utf8;
        this.parser = parser;
        this.defaultTopic = defaultTopic;
        this.maxBatch = maxBatch;
    }

    /**
     * Reads one notification, an array of them, or several one behind the other (NDJSON).
     *
     * @param topicOfUrl what they are about unless they say so themselves; saying something else is an error
     * @throws Problem 400 for whatever is wrong
     */
    static List<Notification> read(byte[] body, @Nullable Topic topicOfUrl, int maxBatch, boolean ndjson) {
        byte[] utf8 = withoutBom(body);
        checkUtf8(utf8, UTF_8);
        try (JsonParser parser = parser(utf8)) {
            NotificationReader reader = new NotificationReader(utf8, parser, topicOfUrl, maxBatch);
            return ndjson ? reader.readLines() : reader.readDocument();
        } catch (JacksonException e) {
            throw Problem.notJson("the body", e);
        }
    }

    static JsonParser parser(byte[] utf8) {
        for (int i = 0; i < Math.min(4, utf8.length); i++) {
            if (utf8[i] == 0) {
                throw Problem.badRequest("invalid-json", "JSON comes in UTF-8");
            }
        }
        return JSON.createParser(ObjectReadContext.empty(), utf8);
    }

    /** Reads what stands at the parser's current token: a notification or an array of them. */
    static List<Notification> readNested(byte[] utf8, JsonParser parser, int maxBatch) {
        return new NotificationReader(utf8, parser, null, maxBatch).readValue();
    }

    static byte[] withoutBom(byte[] body) {
        boolean bom = body.length >= 3 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF;
        return bom ? Arrays.copyOfRange(body, 3, body.length) : body;
    }

    /** The text behind the bytes. */
    static String checkUtf8(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("invalid-charset", "the body is not valid " + charset.name());
        }
    }

    private List<Notification> readDocument() {
        parser.nextToken();
        List<Notification> notifications = readValue();
        checkEnd(parser);
        return notifications;
    }

    static void checkEnd(JsonParser parser) {
        if (parser.nextToken() != null) {
            throw Problem.badRequest("invalid-json", "the body goes on behind its JSON value");
        }
    }

    private List<Notification> readLines() {
        List<Notification> notifications = new ArrayList<>();
        while (parser.nextToken() != null) {
            add(notifications);
        }
        return notifications;
    }

    private List<Notification> readValue() {
        List<Notification> notifications = new ArrayList<>();
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                add(notifications);
            }
        } else {
            add(notifications);
        }
        return notifications;
    }

    private void add(List<Notification> notifications) {
        if (notifications.size() == maxBatch) {
            throw batchTooLarge(maxBatch);
        }
        notifications.add(readNotification());
    }

    static Problem batchTooLarge(int maxBatch) {
        return Problem.badRequest("batch-too-large", "a batch has at most " + maxBatch + " notifications");
    }

    private Notification readNotification() {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw Problem.badRequest("invalid-notification", "a notification is a JSON object");
        }
        Fields fields = new Fields();
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (!seen.add(name)) {
                throw Problem.badRequest(
                        "duplicate-field", "a field stands twice in a notification: " + firstLine(name));
            }
            parser.nextToken();
            readField(name, fields);
        }
        return fields.toNotification(defaultTopic);
    }

    private void readField(String name, Fields fields) {
        switch (name) {
            case "topic" ->
                fields.topics = strings(name).stream().map(Topic::new).toList();
            case "event" -> fields.event = string(name);
            case "data" -> fields.data = data(parser, utf8);
            case "type" -> fields.type = string(name);
            case "message" -> fields.message = string(name);
            case "alias" -> fields.alias = string(name);
            case "ttl" -> fields.ttl = ttl();
            case "public" -> fields.isPublic = bool(name);
            default ->
                throw Problem.badRequest(
                        "unknown-field",
                        "a notification has topic, event, alias, data, type, message, ttl and public, but not "
                                + firstLine(name));
        }
    }

    private String string(String name) {
        return string(parser, name);
    }

    static String string(JsonParser parser, String name) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw Problem.badRequest("invalid-" + name, name + " is a string");
        }
        return parser.getString();
    }

    private List<String> strings(String name) {
        return strings(parser, name);
    }

    /** A string or an array of strings. */
    static List<String> strings(JsonParser parser, String name) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return List.of(string(parser, name));
        }
        List<String> strings = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            strings.add(string(parser, name));
        }
        return strings;
    }

    /** An array of strings that stands in a text of its own. */
    static List<String> readStrings(String json, String name) {
        try (JsonParser parser = parser(json.getBytes(UTF_8))) {
            parser.nextToken();
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw Problem.badRequest("invalid-" + name, name + "s are an array of strings in JSON");
            }
            List<String> strings = strings(parser, name);
            checkEnd(parser);
            return strings;
        } catch (JacksonException e) {
            throw Problem.badRequest("invalid-" + name, name + "s are an array of strings in JSON");
        }
    }

    private boolean bool(String name) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw Problem.badRequest("invalid-" + name, name + " is true or false");
        };
    }

    private Duration ttl() {
        boolean fits = parser.currentToken() == JsonToken.VALUE_STRING
                || parser.currentToken().isNumeric();
        return ttl(fits ? parser.getString() : "");
    }

    /** Whole seconds, or a duration of ISO 8601. */
    static Duration ttl(String text) {
        try {
            Duration ttl = text.startsWith("P") ? Duration.parse(text) : Duration.ofSeconds(Long.parseLong(text));
            if (ttl.compareTo(MIN_TTL) >= 0 && ttl.compareTo(MAX_TTL) <= 0) {
                return ttl;
            }
        } catch (DateTimeException | NumberFormatException e) {
            // said below
        }
        throw Problem.badRequest(
                "invalid-ttl",
                "ttl is a whole number of seconds or a duration such as PT1H, more than 0 and up to " + MAX_TTL.toDays()
                        + " days");
    }

    /** The JSON value that begins at the parser's current token. */
    static Data data(JsonParser parser, byte[] utf8) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return Data.text(parser.getString());
        }
        if (parser.currentToken().isScalarValue()) {
            return Data.ofUtf8(parser.getString().getBytes(UTF_8), true);
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        return Data.ofUtf8(oneLine(Arrays.copyOfRange(utf8, from, to)), true);
    }

    private static byte[] oneLine(byte[] json) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                json[i] = ' ';
            }
        }
        return json;
    }

    private static String firstLine(@Nullable String text) {
        String line = String.valueOf(text).lines().findFirst().orElse("");
        return line.length() > 200 ? line.substring(0, 200) : line;
    }

    /** What has been read of one notification. */
    private static final class Fields {
        @Nullable
        List<Topic> topics;

        String event = Notification.DEFAULT_EVENT;

        @Nullable
        String alias;

        @Nullable
        Data data;

        @Nullable
        String type;

        @Nullable
        String message;

        @Nullable
        Duration ttl;

        boolean isPublic;

        Notification toNotification(@Nullable Topic topicOfUrl) {
            return new Notification(topics(topicOfUrl), event, data(), isPublic, ttl, alias);
        }

        private List<Topic> topics(@Nullable Topic topicOfUrl) {
            if (topicOfUrl == null) {
                return topics == null ? List.of(Topic.DEFAULT) : topics;
            }
            if (topics != null && !topics.equals(List.of(topicOfUrl))) {
                throw Problem.badRequest("invalid-topic", "the topic of the URL is another one than the body's");
            }
            return List.of(topicOfUrl);
        }

        /** The tutorial's {@code type} and {@code message} are the line {@code TYPE: MESSAGE}. */
        private Data data() {
            if (data != null && (message != null || type != null)) {
                throw Problem.badRequest("invalid-data", "a notification has data, or type and message, not both");
            }
            if (data != null) {
                return data;
            }
            if (message == null) {
                throw Problem.badRequest("missing-data", "a notification has data, or a message");
            }
            return Data.text(type == null ? message : type + ": " + message);
        }
    }
}
