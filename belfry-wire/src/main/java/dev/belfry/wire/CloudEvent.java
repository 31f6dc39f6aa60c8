package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.Notification;
import dev.belfry.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A CloudEvent (specification 1.0.2) while it is read, and the notification that it is. What of it has a place in a notification
 * goes there, and all the rest into the notification's attributes: nothing is lost.
 */
final class CloudEvent {
    /** Among the attributes: the data is Base64. No attribute has an underscore in its name. */
    static final String BASE64 = "data_base64";

    /** The attributes that are Belfry's own begin so. */
    static final String OWN_PREFIX = "belfry";

    static final String SPEC_VERSION = "1.0";
    private static final Data NO_DATA = Data.ofUtf8("null".getBytes(UTF_8), true);

    /** Text, {@link Boolean} or {@link Integer} by name; ordered, so that equal events are spelled equally. */
    private final Map<String, Object> attributes = new TreeMap<>();

    private @Nullable Data data;

    /**
     * Adds an attribute.
     *
     * @throws Problem 400 when its name or value breaks the rules of the specification, or it is there already
     */
    void put(String name, Object value) {
        if (name.isEmpty() || !name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
            throw invalid("the name of an attribute has lower-case letters and digits only");
        }
        if (value instanceof String text && !isPlain(text)) {
            throw invalid(name + " has no control characters and no unpaired surrogates");
        }
        if (attributes.put(name, value) != null) {
            throw Problem.badRequest("duplicate-field", "an attribute stands twice in a CloudEvent: " + name);
        }
    }

    private static boolean isPlain(String text) {
        return text.codePoints().noneMatch(c -> {
            int type = Character.getType(c);
            return type == Character.CONTROL || type == Character.SURROGATE;
        });
    }

    void setData(Data data) {
        checkNoData();
        this.data = data;
    }

    /** @param base64 what the publisher sent as {@code data_base64} */
    void setBinary(String base64) {
        checkNoData();
        data = Data.text(base64);
        attributes.put(BASE64, true);
    }

    private void checkNoData() {
        if (data != null) {
            throw Problem.badRequest("invalid-data", "a CloudEvent has data or data_base64, not both");
        }
    }

    /** Source and id, which name it. */
    List<String> identity() {
        return List.of(required("source"), required("id"));
    }

    /**
     * The notification that it is.
     *
     * @param topicOfUrl what it is about unless it says so itself; saying something else is an error
     * @throws Problem 400 for whatever is wrong
     */
    Notification toNotification(@Nullable Topic topicOfUrl) {
        identity();
        if (!SPEC_VERSION.equals(attributes.remove("specversion"))) {
            throw invalid("specversion is " + SPEC_VERSION);
        }
        String type = required("type");
        attributes.remove("type");
        checkTime();
        List<Topic> topics = topics(topicOfUrl);
        if (!topics.isEmpty() && topics.get(0).name().equals(attributes.get("subject"))) {
            attributes.remove("subject");
        }
        Duration ttl = ttl();
        boolean isPublic = isPublic();
        String alias = text("belfryalias");
        takeOwn();
        return new Notification(topics, type, data == null ? NO_DATA : data, isPublic, ttl, alias, attributesAsJson());
    }

    private String required(String name) {
        Object value = attributes.get(name);
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        throw invalid("a CloudEvent has " + name + ", a string that is not empty");
    }

    private @Nullable String text(String name) {
        return attributes.containsKey(name) ? required(name) : null;
    }

    private void checkTime() {
        String time = text("time");
        try {
            if (time != null) {
                OffsetDateTime.parse(time);
            }
        } catch (DateTimeException e) {
            throw invalid("time is as in RFC 3339, such as 2026-11-22T10:00:00Z");
        }
    }

    private List<Topic> topics(@Nullable Topic topicOfUrl) {
        List<Topic> own = ownTopics();
        if (topicOfUrl == null) {
            String subject = text("subject");
            return own == null ? List.of(subject == null ? Topic.DEFAULT : new Topic(subject)) : own;
        }
        if (own != null && !own.equals(List.of(topicOfUrl))) {
            throw Problem.badRequest("invalid-topic", "the topic of the URL is another one than the CloudEvent's");
        }
        return List.of(topicOfUrl);
    }

    private @Nullable List<Topic> ownTopics() {
        String one = text("belfrytopic");
        String several = text("belfrytopics");
        if (one != null && several != null) {
            throw Problem.badRequest("invalid-topic", "a CloudEvent has belfrytopic or belfrytopics, not both");
        }
        if (several != null) {
            // of none of them the notification says so
            return NotificationReader.readStrings(several, "topic").stream()
                    .map(Topic::new)
                    .toList();
        }
        return one == null ? null : List.of(new Topic(one));
    }

    private @Nullable Duration ttl() {
        Object ttl = attributes.get("belfryttl");
        return ttl == null ? null : NotificationReader.ttl(ttl.toString());
    }

    private boolean isPublic() {
        Object isPublic = attributes.get("belfrypublic");
        return isPublic != null && PublishRequest.isPublic(isPublic.toString());
    }

    /** {@code belfryid} was the position on the server that it comes from; here it gets another one. */
    private void takeOwn() {
        List.of("belfrytopic", "belfrytopics", "belfryttl", "belfrypublic", "belfryalias", "belfryid")
                .forEach(attributes::remove);
        for (String name : attributes.keySet()) {
            if (name.startsWith(OWN_PREFIX)) {
                throw Problem.badRequest(
                        "unknown-field", "attributes that begin with belfry are the server's: " + name);
            }
        }
    }

    private Data attributesAsJson() {
        ByteBuf json = Unpooled.buffer(256);
        char separator = '{';
        for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
            json.writeByte(separator);
            JsonFormat.ascii('"' + attribute.getKey() + "\":", json);
            if (attribute.getValue() instanceof String text) {
                JsonFormat.writeString(text.getBytes(UTF_8), json);
            } else {
                JsonFormat.ascii(attribute.getValue().toString(), json);
            }
            separator = ',';
        }
        return Data.ofUtf8(ByteBufUtil.getBytes(json.writeByte('}')), true);
    }

    static Problem invalid(String detail) {
        return Problem.badRequest("invalid-cloudevent", detail);
    }
}
