package dev.belfry.attack.stage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Requests of HTTP/1.1 as bytes. Each has a secret in its query, which no line of the server's log may have. */
public final class Requests {
    public static final String SECRET = "SECRETMARK";
    public static final String ENDPOINT = "/api/notifications";
    public static final String SSE = "Accept: text/event-stream";
    public static final String NDJSON = "Accept: application/x-ndjson";

    private static final String JSON_BODY = "Content-Type: application/json";
    private static final String NDJSON_BODY = "Content-Type: application/x-ndjson";

    private Requests() {}

    /**
     * @param query parameters that follow the secret, such as {@code topic=a&after=earliest}; may be empty
     * @param fields header lines
     */
    public static byte[] get(String query, String... fields) {
        return bytes(head("GET", target(query), fields));
    }

    /** A handshake of WebSocket. */
    public static byte[] webSocket(String query) {
        return get(
                query,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    }

    /** Publishes JSON. */
    public static byte[] postJson(String json) {
        return post(json, JSON_BODY);
    }

    /** Publishes a batch, one notification a line. */
    public static byte[] postLines(String lines) {
        return post(lines, NDJSON_BODY);
    }

    private static byte[] post(String body, String type) {
        byte[] bytes = bytes(body);
        return joined(announcedPost(bytes.length, type), bytes);
    }

    /** The head of a publication whose body is sent apart. */
    public static byte[] announcedPost(int bodyBytes, String... fields) {
        String[] all = joined(fields, "Content-Length: " + bodyBytes);
        return bytes(head("POST", target(""), all));
    }

    /** As many bytes of text as that. */
    public static byte[] filler(int count) {
        return bytes("x".repeat(count));
    }

    /** A notification as JSON. */
    public static String notification(String topic, String data) {
        return "{\"topic\":\"" + topic + "\",\"data\":\"" + data + "\"}";
    }

    /** The query of a reader of several patterns. */
    public static String topics(Iterable<String> patterns) {
        StringBuilder query = new StringBuilder();
        patterns.forEach(pattern -> query.append("&topic=").append(pattern));
        return query.substring(1);
    }

    /** A batch of notifications with as many characters of data each, which do not compress well. */
    public static String lines(int count, String topic, int dataLength) {
        Random random = new Random(count);
        return IntStream.range(0, count)
                .mapToObj(i -> notification(topic, letters(random, dataLength)))
                .collect(Collectors.joining("\n"));
    }

    /** Random letters. */
    public static String letters(Random random, int count) {
        return random.ints(count, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String target(String query) {
        return ENDPOINT + "?access_token=" + SECRET + (query.isEmpty() ? "" : "&" + query);
    }

    private static String head(String method, String target, String... fields) {
        StringBuilder head = new StringBuilder(method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    public static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** One array behind the other. */
    public static byte[] joined(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private static String[] joined(String[] fields, String last) {
        String[] all = java.util.Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = last;
        return all;
    }
}
