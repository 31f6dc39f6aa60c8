package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import dev.belfry.IdempotencyKey;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Topic;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * A {@code POST} of CloudEvents (HTTP Protocol Binding 1.0.2): structured, as one or a batch, or binary, with the attributes in headers
 * that begin with {@code ce-}.
 */
final class CloudEventRequest {
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCHED = "application/cloudevents-batch+json";
    private static final String PREFIX = "ce-";

    private final RequestHead head;
    private final @Nullable MediaRange type;
    private final int maxBatch;

    private CloudEventRequest(RequestHead head, @Nullable MediaRange type, int maxBatch) {
        this.head = head;
        this.type = type;
        this.maxBatch = maxBatch;
    }

    /** Null when it is none. */
    static @Nullable CloudEventRequest of(RequestHead head, @Nullable MediaRange type, int maxBatch) {
        boolean isStructured = type != null && (type.is(STRUCTURED) || type.is(BATCHED));
        return isStructured || head.headerNames().stream().anyMatch(CloudEventRequest::isAttribute)
                ? new CloudEventRequest(head, type, maxBatch)
                : null;
    }

    private static boolean isAttribute(String header) {
        return header.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }

    /**
     * The whole publication, under the key that was given, or else that of its sources and ids.
     *
     * @throws Problem 400 for whatever is wrong
     */
    Publication toPublication(byte[] body, @Nullable Topic topicOfUrl, @Nullable String keyName) {
        List<CloudEvent> events = events(body);
        List<List<String>> identities =
                events.stream().map(CloudEvent::identity).toList();
        if (new HashSet<>(identities).size() < identities.size()) {
            throw CloudEvent.invalid("two CloudEvents of a batch have the same source and id");
        }
        List<Notification> notifications =
                events.stream().map(event -> event.toNotification(topicOfUrl)).toList();
        String name = keyName == null ? nameOf(identities) : keyName;
        return new Publication(notifications, IdempotencyKey.of(name, fingerprint(notifications)));
    }

    private List<CloudEvent> events(byte[] body) {
        if (type != null && type.is(BATCHED)) {
            return CloudEventReader.read(body, true, maxBatch);
        }
        return type != null && type.is(STRUCTURED) ? CloudEventReader.read(body, false, 1) : List.of(binary(body));
    }

    // ---- the binary mode

    private CloudEvent binary(byte[] body) {
        CloudEvent event = new CloudEvent();
        for (String header : head.headerNames()) {
            if (isAttribute(header)) {
                event.put(header.substring(PREFIX.length()).toLowerCase(Locale.ROOT), value(head.headers(header)));
            }
        }
        String contentType = head.header("Content-Type");
        if (contentType != null && !contentType.isEmpty()) {
            event.put("datacontenttype", contentType);
        }
        if (body.length > 0) {
            setData(body, event);
        }
        return event;
    }

    /** Percent-encoded, and perhaps in quotes (3.1.3.2). */
    private static String value(List<String> lines) {
        String text = lines.get(0).strip();
        boolean isQuoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        if (lines.size() > 1 || !text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
            throw CloudEvent.invalid("a ce- header has one value, in percent-encoded ASCII");
        }
        try {
            return PercentEncoding.decode(
                    isQuoted ? text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1") : text, false);
        } catch (IllegalArgumentException e) {
            throw CloudEvent.invalid("a ce- header is not well percent-encoded");
        }
    }

    private void setData(byte[] body, CloudEvent event) {
        if (type != null && (type.subtype().equals("json") || type.subtype().endsWith("+json"))) {
            event.setData(json(body));
        } else if (isText(type)) {
            event.setData(Data.text(NotificationReader.checkUtf8(body, PublishRequest.charset(type))));
        } else {
            event.setBinary(Base64.getEncoder().encodeToString(body));
        }
    }

    private static boolean isText(@Nullable MediaRange type) {
        return type == null
                || type.type().equals("text")
                || type.is(FormBody.MEDIA_TYPE)
                || type.subtype().equals("xml")
                || type.subtype().endsWith("+xml");
    }

    private static Data json(byte[] body) {
        byte[] utf8 = NotificationReader.withoutBom(body);
        NotificationReader.checkUtf8(utf8, UTF_8);
        try (JsonParser parser = NotificationReader.parser(utf8)) {
            if (parser.nextToken() == null) {
                throw Problem.badRequest("invalid-json", "the body is not JSON");
            }
            Data data = NotificationReader.data(parser, utf8);
            NotificationReader.checkEnd(parser);
            return data;
        } catch (JacksonException e) {
            throw Problem.notJson("the body", e);
        }
    }

    // ---- the key

    /** Of a batch it names all of them together, for they are committed together. */
    private static String nameOf(List<List<String>> identities) {
        MessageDigest sha256;
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        // a control character, which no attribute has, so that no part can run into the next
        identities.forEach(identity -> identity.forEach(part -> sha256.update((part + '\0').getBytes(UTF_8))));
        return "ce:" + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256.digest());
    }

    /** What was said, however it was spelled: a client that tries again may do so in another mode. */
    private static byte[][] fingerprint(List<Notification> notifications) {
        List<byte[]> parts = new ArrayList<>();
        for (Notification notification : notifications) {
            Data attributes = notification.attributes();
            parts.add(List.of(
                            notification.topics(),
                            notification.event(),
                            notification.isPublic(),
                            String.valueOf(notification.ttl()),
                            String.valueOf(notification.alias()),
                            notification.data().isJson())
                    .toString()
                    .getBytes(UTF_8));
            parts.add(attributes == null ? new byte[0] : attributes.utf8());
            parts.add(notification.data().utf8());
        }
        return parts.toArray(new byte[0][]);
    }
}
