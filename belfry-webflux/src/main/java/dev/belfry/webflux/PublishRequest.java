package dev.belfry.webflux;

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
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;

/**
 * What a {@code POST} says. JSON and NDJSON are notifications; every text is the data of one, and so is what {@code curl -d}
 * sends when it is told nothing else.
 */
final class PublishRequest {
    private static final MediaType NDJSON = MediaType.APPLICATION_NDJSON;
    private static final MediaType FORM = MediaType.APPLICATION_FORM_URLENCODED;
    private static final MediaType ANY_TEXT = new MediaType("text", "*");

    private final ServerHttpRequest request;
    private final WireSettings settings;

    PublishRequest(ServerHttpRequest request, WireSettings settings) {
        this.request = request;
        this.settings = settings;
    }

    /** @throws Problem for whatever is wrong with it */
    Publication toPublication(byte[] body) {
        return new Publication(notifications(body), key(body));
    }

    private List<Notification> notifications(byte[] body) {
        MediaType type = contentType();
        if (type == null && body.length == 0) {
            throw Problem.badRequest("empty-body", "there is nothing to publish");
        }
        int maxBatch = settings.publish().maxBatch();
        if (MediaType.APPLICATION_JSON.isCompatibleWith(type)) {
            return NotificationReader.read(body, topicOfUrl(), maxBatch, false);
        }
        if (NDJSON.isCompatibleWith(type)) {
            return NotificationReader.read(body, topicOfUrl(), maxBatch, true);
        }
        if (type == null || FORM.isCompatibleWith(type) || ANY_TEXT.includes(type)) {
            return List.of(ofText(NotificationReader.checkUtf8(body, charset(type))));
        }
        throw new Problem(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "a body is application/json, application/x-ndjson or text/plain");
    }

    private @Nullable MediaType contentType() {
        try {
            return request.getHeaders().getContentType();
        } catch (InvalidMediaTypeException e) {
            throw new Problem(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", "the Content-Type cannot be read");
        }
    }

    private static Charset charset(@Nullable MediaType type) {
        Charset charset = type == null ? null : type.getCharset();
        return charset == null ? UTF_8 : charset;
    }

    private Notification ofText(String text) {
        MultiValueMap<String, @Nullable String> query = request.getQueryParams();
        Topic topic = topicOfUrl();
        String event = query.getFirst("event");
        String ttl = query.getFirst("ttl");
        return new Notification(
                List.of(topic == null ? Topic.DEFAULT : topic),
                event == null ? Notification.DEFAULT_EVENT : event,
                Data.text(text),
                isPublic(query.getFirst("public")),
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
        String inPath = ReadRequest.topicInPath(request, settings);
        String topic = inPath != null ? inPath : request.getQueryParams().getFirst("topic");
        return topic == null ? null : new Topic(topic);
    }

    /** The same key stands for the same publication: to the same URL, of the same type, with the same body. */
    private @Nullable IdempotencyKey key(byte[] body) {
        String name = request.getHeaders().getFirst("Idempotency-Key");
        if (name == null) {
            return null;
        }
        String type = request.getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
        byte[] where = (request.getURI().getRawPath() + '\n' + request.getURI().getRawQuery() + '\n' + type + '\n')
                .getBytes(UTF_8);
        return IdempotencyKey.of(unquoted(name), where, body);
    }

    /** The draft has it as a quoted string, most clients send it bare. */
    private static String unquoted(String name) {
        boolean quoted = name.length() > 2 && name.startsWith("\"") && name.endsWith("\"");
        return quoted ? name.substring(1, name.length() - 1) : name;
    }

    /** Refuses a body that is announced as too large before any of it is read. */
    void checkLength() {
        if (request.getHeaders().getContentLength() > maxBodyBytes()) {
            throw tooLarge();
        }
    }

    /** How much the body may take: what is announced, else the most that is allowed. */
    long announcedBytes() {
        long announced = request.getHeaders().getContentLength();
        return announced >= 0 ? announced : maxBodyBytes();
    }

    Problem tooLarge() {
        return new Problem(
                HttpStatus.CONTENT_TOO_LARGE, "body-too-large", "a body has at most " + maxBodyBytes() + " bytes");
    }

    int maxBodyBytes() {
        return settings.publish().maxBodyBytes();
    }

    Duration bodyTimeout() {
        return settings.publish().bodyTimeout();
    }
}
