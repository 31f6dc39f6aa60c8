package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads CloudEvents from JSON (JSON Event Format 1.0.2), as strictly as {@link NotificationReader}. */
final class CloudEventReader {
    private final byte[] utf8;
    private final JsonParser parser;

    private CloudEventReader(byte[] utf8, JsonParser parser) {
        this.utf8 = utf8;
        this.parser = parser;
    }

    /**
     * Reads one CloudEvent, or an array of them.
     *
     * @throws Problem 400 for whatever is wrong
     */
    static List<CloudEvent> read(byte[] body, boolean isBatch, int maxBatch) {
        byte[] utf8 = NotificationReader.withoutBom(body);
        NotificationReader.checkUtf8(utf8, UTF_8);
        try (JsonParser parser = NotificationReader.parser(utf8)) {
            CloudEventReader reader = new CloudEventReader(utf8, parser);
            parser.nextToken();
            List<CloudEvent> events = isBatch ? reader.readBatch(maxBatch) : List.of(reader.readOne());
            NotificationReader.checkEnd(parser);
            return events;
        } catch (JacksonException e) {
            throw Problem.notJson("the body", e);
        }
    }

    private List<CloudEvent> readBatch(int maxBatch) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw CloudEvent.invalid("a batch of CloudEvents is a JSON array");
        }
        List<CloudEvent> events = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (events.size() == maxBatch) {
                throw NotificationReader.batchTooLarge(maxBatch);
            }
            events.add(readOne());
        }
        return events;
    }

    private CloudEvent readOne() {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw CloudEvent.invalid("a CloudEvent is a JSON object");
        }
        CloudEvent event = new CloudEvent();
        Set<String> seen = new HashSet<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            if (!seen.add(name)) {
                throw Problem.badRequest("duplicate-field", "a member stands twice in a CloudEvent");
            }
            parser.nextToken();
            readMember(name, event);
        }
        return event;
    }

    /** A member that is {@code null} is one that is not there. */
    private void readMember(String name, CloudEvent event) {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        switch (name) {
            case "data" -> event.setData(NotificationReader.data(parser, utf8));
            case CloudEvent.BASE64 -> event.setBinary(base64());
            default -> event.put(name, attribute(name, token));
        }
    }

    private Object attribute(String name, JsonToken token) {
        return switch (token) {
            case VALUE_STRING -> parser.getString();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT -> integer(name);
            default -> throw notAnAttribute(name);
        };
    }

    /** 32 bits, as the specification has it. */
    private Integer integer(String name) {
        try {
            return Integer.valueOf(parser.getString());
        } catch (NumberFormatException e) {
            throw notAnAttribute(name);
        }
    }

    private static Problem notAnAttribute(String name) {
        String shown = name.length() > 64 ? name.substring(0, 64) : name;
        return CloudEvent.invalid("an attribute is a string, a boolean, or an integer of 32 bits, but not: " + shown);
    }

    private String base64() {
        String text = NotificationReader.string(parser, "data");
        try {
            Base64.getDecoder().decode(text);
            return text;
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("invalid-data", "data_base64 is Base64 as in RFC 4648, section 4");
        }
    }
}
