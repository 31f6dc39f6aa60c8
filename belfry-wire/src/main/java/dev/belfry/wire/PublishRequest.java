package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.IdempotencyKey;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Topic;
import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code POST} says. JSON, NDJSON and CloudEvents are notifications; every text is the data of one, and so is what {@code curl -d}
 * sends when it is told nothing else. Each method throws a {@link Problem} for bad input.
 */
public final class PublishRequest {
    private final RequestHead head;
    private final RequestTarget target;
    private final RequestBody limits;
    private final WireSettings settings;

    /** Reads nothing yet. */
    public PublishRequest(RequestHead head, WireSettings settings) {
        this.head = head;
        this.settings = settings;
        target = new RequestTarget(head, settings.path());
        limits = new RequestBody(head, settings.publish());
    }

    /**
     * The whole publication.
     *
     * @param body as it came, not decoded
     */
    public Publication toPublication(byte[] body) {
        limits.checkPresent(body);
        CloudEventRequest cloudEvents =
                CloudEventRequest.of(head, contentType(), settings.publish().maxBatch());
        if (cloudEvents != null) {
            return cloudEvents.toPublication(body, topicOfUrl(), keyName());
        }
        return new Publication(notifications(body), key(body));
    }

    private List<Notification> notifications(byte[] body) {
        MediaRange type = contentType();
        if (type == null && body.length == 0) {
            throw Problem.badRequest("empty-body", "the body is empty");
        }
        int maxBatch = settings.publish().maxBatch();
        if (type != null && type.is("application/json")) {
            return NotificationReader.read(body, topicOfUrl(), maxBatch, false);
        }
        if (type != null && type.is("application/x-ndjson")) {
            return NotificationReader.read(body, topicOfUrl(), maxBatch, true);
        }
        return List.of(ofText(NotificationReader.checkUtf8(body, charsetOfText(type))));
    }

    private @Nullable MediaRange contentType() {
        String type = head.header("Content-Type");
        try {
            return type == null || type.isEmpty() ? null : MediaRange.parse(type);
        } catch (IllegalArgumentException e) {
            throw unsupported("the Content-Type is not a media type");
        }
    }

    private static Charset charsetOfText(@Nullable MediaRange type) {
        boolean isText = type == null || type.type().equals("text") || type.is("application/x-www-form-urlencoded");
        if (!isText) {
            throw unsupported("supported types: application/json, application/x-ndjson, text/plain,"
                    + " application/cloudevents+json and application/cloudevents-batch+json");
        }
        return charset(type);
    }

    /** What a type names, or else UTF-8. */
    static Charset charset(@Nullable MediaRange type) {
        try {
            Charset charset = type == null ? null : type.charset();
            return charset == null ? UTF_8 : charset;
        } catch (IllegalArgumentException e) {
            throw unsupported("the charset of the Content-Type is unknown");
        }
    }

    private static Problem unsupported(String detail) {
        return new Problem(415, "unsupported-media-type", detail);
    }

    private Notification ofText(String text) {
        Topic topic = topicOfUrl();
        String event = target.parameter("event");
        String ttl = target.parameter("ttl");
        return new Notification(
                List.of(topic == null ? Topic.DEFAULT : topic),
                event == null ? Notification.DEFAULT_EVENT : event,
                Data.text(text),
                isPublic(target.parameter("public")),
                ttl == null ? null : NotificationReader.ttl(ttl));
    }

    static boolean isPublic(@Nullable String value) {
        if (value == null || value.equals("false")) {
            return false;
        }
        if (value.equals("true")) {
            return true;
        }
        throw Problem.badRequest("invalid-public", "public is true or false");
    }

    private @Nullable Topic topicOfUrl() {
        String inPath = target.topicInPath();
        String topic = inPath != null ? inPath : target.parameter("topic");
        return topic == null ? null : new Topic(topic);
    }

    /** The same key stands for the same publication: to the same URL, of the same type, with the same body. */
    private @Nullable IdempotencyKey key(byte[] body) {
        String name = keyName();
        if (name == null) {
            return null;
        }
        byte[] where = (head.path() + '\n' + head.query() + '\n' + head.header("Content-Type") + '\n').getBytes(UTF_8);
        return IdempotencyKey.of(name, where, body);
    }

    private @Nullable String keyName() {
        String name = head.header("Idempotency-Key");
        return name == null ? null : unquoted(name);
    }

    /** The draft has it as a quoted string, most clients send it bare. */
    private static String unquoted(String name) {
        boolean quoted = name.length() > 2 && name.startsWith("\"") && name.endsWith("\"");
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    /** How much of a body is read. */
    public RequestBody body() {
        return limits;
    }
}
