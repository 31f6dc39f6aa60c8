package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.IdempotencyKey;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Topic;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code POST} says. JSON and NDJSON are notifications; every text is the data of one, and so is what {@code curl -d}
 * sends when it is told nothing else. Each method throws a {@link Problem} for bad input.
 */
public final class PublishRequest {
    private final RequestHead head;
    private final RequestTarget target;
    private final WireSettings settings;

    /** Reads nothing yet. */
    public PublishRequest(RequestHead head, WireSettings settings) {
        this.head = head;
        this.settings = settings;
        target = new RequestTarget(head, settings.path());
    }

    /**
     * The whole publication.
     *
     * @param body as it came, not decoded
     */
    public Publication toPublication(byte[] body) {
        if (body.length == 0 && contentLength() > 0) {
            // a filter in front of the endpoint has read it: an event without its text must not be taken for the whole
            throw Problem.badRequest("body-missing", "the body was announced, but nothing of it has come");
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
            throw unsupported("supported types: application/json, application/x-ndjson and text/plain");
        }
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

    private static boolean isPublic(@Nullable String value) {
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
        String name = head.header("Idempotency-Key");
        if (name == null) {
            return null;
        }
        byte[] where = (head.path() + '\n' + head.query() + '\n' + head.header("Content-Type") + '\n').getBytes(UTF_8);
        return IdempotencyKey.of(unquoted(name), where, body);
    }

    /** The draft has it as a quoted string, most clients send it bare. */
    private static String unquoted(String name) {
        boolean quoted = name.length() > 2 && name.startsWith("\"") && name.endsWith("\"");
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    /** How long the body is said to be; -1 when the request does not say. */
    public long contentLength() {
        String length = head.header("Content-Length");
        try {
            return length == null ? -1 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            throw Problem.badRequest("invalid-length", "Content-Length is a number of bytes");
        }
    }

    /** Refuses a body that is announced as too large before any of it is read. */
    public void checkLength() {
        if (contentLength() > maxBodyBytes()) {
            throw tooLarge();
        }
    }

    /** The answer to a body that is too large. */
    public Problem tooLarge() {
        return new Problem(413, "body-too-large", "a body has at most " + maxBodyBytes() + " bytes");
    }

    /** How much a body may have. */
    public int maxBodyBytes() {
        return settings.publish().maxBodyBytes();
    }

    /** How long the body may take to come. */
    public Duration bodyTimeout() {
        return settings.publish().bodyTimeout();
    }
}
