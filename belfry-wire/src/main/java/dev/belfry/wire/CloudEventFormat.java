package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The bytes of an event as a CloudEvent in JSON (JSON Event Format 1.0.2), in one line. One that was published as a CloudEvent is it
 * again, with the position beside its own id; any other gets the position as its id, and the server as its source.
 */
final class CloudEventFormat {
    private CloudEventFormat() {}

    /** Appends an event, without a line end. */
    static void writeEvent(Event event, String source, ByteBuf out) {
        Map<String, String> attributes = attributes(event);
        boolean isForeign = !attributes.isEmpty();
        boolean isBase64 = attributes.remove(CloudEvent.BASE64) != null;
        attributes.putIfAbsent("id", quoted(event.position().toString()));
        attributes.putIfAbsent("source", quoted(source));
        String topic = quoted(event.topic().name());
        String subject = attributes.putIfAbsent("subject", topic);
        attributes.putIfAbsent("time", quoted(event.time().toString()));
        if (!isForeign) {
            attributes.put("datacontenttype", quoted(event.data().isJson() ? "application/json" : "text/plain"));
        }
        if (subject != null && event.topics().size() == 1) {
            attributes.put("belfrytopic", topic);
        }
        addOwn(event, attributes);
        JsonFormat.ascii("{\"specversion\":\"" + CloudEvent.SPEC_VERSION + "\",\"type\":", out);
        JsonFormat.writeString(event.event().getBytes(UTF_8), out);
        attributes.forEach((name, json) -> {
            JsonFormat.ascii(",\"" + name + "\":", out);
            out.writeCharSequence(json, UTF_8);
        });
        writeData(event.data(), isBase64, out);
        out.writeByte('}');
    }

    private static void addOwn(Event event, Map<String, String> attributes) {
        attributes.put("belfryid", quoted(event.position().toString()));
        if (event.alias() != null) {
            attributes.put("belfryalias", quoted(event.alias()));
        }
        if (event.topics().size() > 1) {
            attributes.put("belfrytopics", quoted(topics(event)));
        }
    }

    /** An array has no type among the attributes, so it is a text. */
    private static String topics(Event event) {
        ByteBuf json = Unpooled.buffer();
        char separator = '[';
        for (Topic topic : event.topics()) {
            json.writeByte(separator);
            JsonFormat.writeString(topic.name().getBytes(UTF_8), json);
            separator = ',';
        }
        return json.writeByte(']').toString(UTF_8);
    }

    private static void writeData(Data data, boolean isBase64, ByteBuf out) {
        if (isNull(data)) {
            return;
        }
        JsonFormat.ascii(isBase64 ? ",\"" + CloudEvent.BASE64 + "\":" : ",\"data\":", out);
        JsonFormat.writeData(data, out);
    }

    /** As a CloudEvent without data has it. */
    private static boolean isNull(Data data) {
        return data.isJson() && data.utf8().length == 4 && data.utf8()[0] == 'n';
    }

    /** The values as JSON, by name; empty when it was not published as a CloudEvent. */
    private static Map<String, String> attributes(Event event) {
        Map<String, String> attributes = new LinkedHashMap<>();
        Data json = event.notification().attributes();
        if (json != null) {
            read(json, attributes);
        }
        return attributes;
    }

    private static void read(Data json, Map<String, String> attributes) {
        try (JsonParser parser = NotificationReader.parser(json.utf8())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
                attributes.put(name, isText ? quoted(parser.getString()) : parser.getString());
            }
        }
    }

    static String quoted(@Nullable String text) {
        ByteBuf json = Unpooled.buffer();
        JsonFormat.writeString(String.valueOf(text).getBytes(UTF_8), json);
        return json.toString(UTF_8);
    }
}
