package dev.belfry.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.function.Consumer;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON by Jackson's parser, which also says from where to where a value goes, and so how it was spelled. */
final class Json {
    static final JsonMapper MAPPER = new JsonMapper();
    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static JsonNode tree(String json) {
        return MAPPER.readTree(json);
    }

    /** A JSON string. */
    static String quoted(String text) {
        return MAPPER.writeValueAsString(text);
    }

    /** An event that is a document of its own. */
    static Received event(byte[] utf8) {
        try (JsonParser parser = parser(utf8)) {
            parser.nextToken();
            return event(parser, utf8);
        }
    }

    private static JsonParser parser(byte[] utf8) {
        return FACTORY.createParser(ObjectReadContext.empty(), utf8);
    }

    /** The answer to a poll: gives the events on and returns the next cursor. */
    static String poll(byte[] utf8, Consumer<Received> events) {
        String next = "";
        try (JsonParser parser = parser(utf8)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("next")) {
                    next = parser.getString();
                } else if (name.equals("events")) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        events.accept(event(parser, utf8));
                    }
                } else if (!name.equals("more")) {
                    throw new AssertionError("a poll has no " + name);
                }
            }
        }
        return next;
    }

    private static Received event(JsonParser parser, byte[] utf8) {
        String id = "";
        String event = "";
        String data = "";
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "id" -> id = parser.getString();
                case "event" -> event = parser.getString();
                case "data" -> data = asSpelled(parser, utf8);
                default -> parser.skipChildren();
            }
        }
        return new Received(id, event, data);
    }

    private static String asSpelled(JsonParser parser, byte[] utf8) {
        if (parser.currentToken().isScalarValue()) {
            return parser.getString();
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        return new String(Arrays.copyOfRange(utf8, from, to), UTF_8);
    }
}
