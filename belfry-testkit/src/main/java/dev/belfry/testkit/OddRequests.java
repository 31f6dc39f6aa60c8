package dev.belfry.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * What no proper client sends, made up at random, the same for a seed: requests whose every part may be odd, broken bodies,
 * frames of WebSocket and HTTP/2 in disorder. All of it has a marker where a log might take it from.
 */
public final class OddRequests {
    /** What no log may have in it. */
    public static final String MARKER = "M4RK3R";

    private static final int ANSWER_MILLIS = 15;

    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "POST", "POST", "HEAD", "OPTIONS", "PUT", "CONNECT", "TRACE", "get", MARKER);
    private static final List<String> VERSIONS =
            List.of("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.2", "HTTP/x", "");
    private static final List<String> PATHS = List.of(
            "/api/notifications",
            "/api/notifications/orders/7",
            "/api/notifications/%zz",
            "/api/notifications/\u00fc",
            "/api/notifications;a=b",
            "/api//notifications",
            "/a/../..",
            "/a/..%2f..//",
            "//evil.example/",
            "/",
            "/echo",
            "/actuator/health",
            "http://localhost/api/notifications",
            "http://[::1",
            "http://a@b:99999/",
            "*",
            "localhost:80",
            "/|<>\"^`{}\\",
            "/[",
            "");
    private static final List<String> QUERIES = List.of(
            "access_token=", "topic=**&access_token=", "after=", "topic=a[&x=", "limit=", "topic=%zz&t=", "?&=&#");
    private static final List<String> NAMES = List.of(
            "Host",
            "Host",
            "If-None-Match",
            "Range",
            "Accept",
            "Accept-Language",
            "Accept-Charset",
            "Content-Type",
            "Content-Encoding",
            "Prefer",
            "Last-Event-ID",
            "Cookie",
            "Expect",
            "TE",
            "Trailer",
            "Upgrade",
            "Connection",
            "HTTP2-Settings",
            "Origin",
            "Authorization",
            "Idempotency-Key",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Port",
            "X-HTTP-Method-Override",
            "Access-Control-Request-Method",
            "Sec-WebSocket-Key",
            "Sec-WebSocket-Protocol",
            "Sec-WebSocket-Version",
            "If-Modified-Since",
            "Date",
            "Transfer-Encoding",
            "Content-Length",
            "X",
            "X Y",
            ":path",
            "");
    private static final List<String> VALUES = List.of(
            "",
            "\"",
            "\"a, W/",
            "W/\"a\", *",
            "*",
            ",",
            ";",
            ";q=",
            "a/b;q=2",
            "*/*;q=x",
            "text/event-stream",
            "application/json;charset=",
            "application/x-ndjson",
            "localhost:99999",
            "127.0.0.1:99999",
            "localhost:x",
            "localhost:-1",
            "[::1",
            "a@localhost",
            "evil.example",
            "bytes=0-1,-",
            "wait=99999999999999999999",
            "wait=-1, wait=",
            "100-continue",
            "200-ok",
            "trailers, deflate;q=",
            "websocket",
            "h2c",
            "Upgrade, HTTP2-Settings",
            "AAMAAABkAARAAAAAAAIAAAAA",
            "!!!",
            "close",
            "gzip, chunked",
            "chunked",
            "chunked, chunked",
            "-1",
            "5",
            "0x5",
            "99999999999999999999",
            "null",
            "http://[",
            "https://a@b",
            "de-\u00ff;q=0.1",
            "Thu, 99 Foo 99999 99:99:99 GMT",
            "for=\"[::1\";host=:x;proto=",
            "a=\"; b; =c; $Version=x",
            "epoch-99999999999999999999",
            "\u0001\u007f\u0080",
            "x".repeat(9_000));
    private static final String HANDSHAKE = "GET /api/notifications?access_token=" + MARKER
            + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: " + MARKER + "\r\n\r\n";
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0";

    private final RandomGenerator random;

    /** The same ones again for the same seed. */
    public OddRequests(long seed) {
        random = new Random(seed);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    private String garbage(int mostBytes) {
        byte[] bytes = new byte[1 + random.nextInt(mostBytes)];
        random.nextBytes(bytes);
        return new String(bytes, ISO_8859_1);
    }

    /** What is sent on one connection, in parts that the server may answer in between. */
    public List<String> next() {
        return switch (random.nextInt(8)) {
            case 0 -> List.of(HANDSHAKE, webSocketFrames());
            case 1, 2 -> List.of(PREFACE, http2Frames());
            case 3 -> List.of(head() + "\r\n" + head() + body(), garbage(200) + MARKER + "\r\n\r\n");
            default -> List.of(head() + body(), oneIn(2) ? body() : MARKER);
        };
    }

    private String head() {
        StringBuilder head = new StringBuilder(any(METHODS)).append(' ').append(any(PATHS));
        if (oneIn(2)) {
            head.append('?').append(any(QUERIES)).append(MARKER);
        }
        head.append(' ').append(any(VERSIONS)).append("\r\n");
        if (!oneIn(6)) {
            head.append("Host: localhost\r\n");
        }
        head.append("Authorization: Bearer ").append(MARKER).append("\r\n");
        int fields = random.nextInt(4);
        for (int i = 0; i < fields; i++) {
            head.append(any(NAMES))
                    .append(oneIn(20) ? " :" : ": ")
                    .append(value())
                    .append(oneIn(30) ? "\n" : "\r\n");
        }
        return head.toString();
    }

    private String value() {
        return switch (random.nextInt(4)) {
            case 0 -> any(VALUES) + MARKER;
            case 1 -> MARKER + any(VALUES);
            case 2 -> oneIn(8) ? garbage(40) : any(VALUES);
            default -> any(VALUES);
        };
    }

    private String body() {
        return switch (random.nextInt(7)) {
            case 0 -> "Content-Length: 100\r\n\r\n" + MARKER;
            case 1 -> "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ" + MARKER + "\r\n";
            case 2 ->
                "Transfer-Encoding: chunked\r\n\r\n6;" + MARKER + "\r\n" + MARKER + "\r\n0\r\nX " + MARKER + "\r\n\r\n";
            case 3 -> "Expect: 100-continue\r\nContent-Length: 6\r\n\r\n" + MARKER;
            case 4 -> "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"" + MARKER + "\":{[";
            case 5 -> "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 30\r\n\r\n--x\r\n" + MARKER;
            default -> "\r\n";
        };
    }

    private String webSocketFrames() {
        StringBuilder frames = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            frames.append(oneIn(3) ? garbage(100) : masked(random.nextInt(256), text()));
        }
        return frames.toString();
    }

    private String text() {
        return any(List.of(
                "{\"op\":\"" + MARKER + "\"}",
                "{\"op\":\"subscribe\",\"topic\":\"a[" + MARKER + "\",\"after\":\"" + MARKER + "\"}",
                "{\"op\":\"publish\",\"ref\":\"1\",\"notification\":{\"" + MARKER + "\":1}}",
                "{\"op\":\"ping\",\"ref\":{}}" + MARKER,
                garbage(60)));
    }

    /** Under a mask of zeros. */
    private static String masked(int firstByte, String text) {
        return "" + (char) firstByte + (char) (0x80 | text.length()) + "\0\0\0\0" + text;
    }

    private String http2Frames() {
        StringBuilder frames = new StringBuilder();
        for (int i = random.nextInt(12); i >= 0; i--) {
            int stream = oneIn(4) ? random.nextInt(5) : 1 + 2 * random.nextInt(4);
            frames.append(oneIn(2) ? frame(1, 4 | random.nextInt(2), stream, fields()) : anyFrame(stream));
        }
        return frames.toString();
    }

    private String anyFrame(int stream) {
        String payload = switch (random.nextInt(4)) {
            case 0 -> "\0\0\0\1";
            case 1 -> "\0\0\0\0\0\0\0\0";
            case 2 -> MARKER;
            default -> garbage(40);
        };
        return frame(random.nextInt(11), random.nextInt(64), oneIn(5) ? 0 : stream, payload);
    }

    private static String frame(int type, int flags, int stream, String payload) {
        byte[] head = ByteBuffer.allocate(9)
                .put((byte) 0)
                .putShort((short) payload.length())
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array();
        return new String(head, ISO_8859_1) + payload;
    }

    /** Of a request, one of them odd or left out, none of them in the table of HPACK. */
    private String fields() {
        StringBuilder fields = new StringBuilder();
        int odd = random.nextInt(6);
        fields.append(odd == 0 ? "" : field(":method", any(METHODS)));
        fields.append(odd == 1 ? "" : field(":scheme", oneIn(9) ? MARKER : "http"));
        fields.append(odd == 2 ? "" : field(":path", any(PATHS) + "?access_token=" + MARKER));
        fields.append(odd == 3 ? field(":authority", any(VALUES)) : field(":authority", "localhost"));
        fields.append(odd == 4 ? field(any(NAMES), value()) : "");
        return fields.append(odd == 5 ? field(any(NAMES).toLowerCase(Locale.ROOT), value()) : "")
                .toString();
    }

    private static String field(String name, String value) {
        String most = value.length() > 100 ? value.substring(0, 100) : value;
        return "\0" + (char) name.length() + name + (char) most.length() + most;
    }

    /**
     * Sends what was made up, on a connection of its own, and closes it, in order or not.
     *
     * @return what was answered within some milliseconds
     */
    public String sendTo(int port) {
        List<String> parts = next();
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            for (String part : parts) {
                socket.getOutputStream().write(part.getBytes(ISO_8859_1));
                readSome(socket, answer);
            }
            if (oneIn(2)) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // the server has closed while it was being written to
        }
        return answer.toString(ISO_8859_1);
    }

    private static void readSome(Socket socket, ByteArrayOutputStream answer) throws IOException {
        byte[] buffer = new byte[16 << 10];
        try {
            int count = socket.getInputStream().read(buffer);
            answer.write(buffer, 0, Math.max(0, count));
        } catch (SocketTimeoutException e) {
            // nothing, or not yet
        }
    }
}
