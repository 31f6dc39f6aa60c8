package dev.belfry.server;

import static dev.belfry.server.Http2Frames.CONTINUATION;
import static dev.belfry.server.Http2Frames.DATA;
import static dev.belfry.server.Http2Frames.END_HEADERS;
import static dev.belfry.server.Http2Frames.END_STREAM;
import static dev.belfry.server.Http2Frames.GOAWAY;
import static dev.belfry.server.Http2Frames.HEADERS;
import static dev.belfry.server.Http2Frames.PING;
import static dev.belfry.server.Http2Frames.PUSH_PROMISE;
import static dev.belfry.server.Http2Frames.SETTINGS;
import static dev.belfry.server.Http2Frames.WINDOW_UPDATE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What strangers send: broken requests, frames and handshakes, all with a secret in whatever place could be logged. */
final class Attacks {
    static final String SECRET = "SECRETMARK";

    private static final String AUTHORITY = "\nHost: localhost\nAuthorization: " + SECRET + "\n";
    private static final String POST = "POST /api/notifications?token=" + SECRET + " HTTP/1.1" + AUTHORITY;
    private static final String GET = "GET /api/notifications?token=" + SECRET + " HTTP/1.1" + AUTHORITY;
    private static final String CHUNKED = POST + "Content-Type: text/plain\nTransfer-Encoding: chunked\n\n5\nhello\n";
    private static final String WEB_SOCKET =
            GET + "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n\n";

    private final List<Attack> all = new ArrayList<>();

    /** What is sent in turn; in between, the server has time to answer. */
    private record Attack(List<byte[]> parts) {}

    private Attacks() {}

    /** On a server without TLS. */
    static Attacks inTheClear() {
        Attacks attacks = new Attacks();
        attacks.addBodies();
        attacks.addTargets();
        attacks.addHeads();
        attacks.addWebSockets();
        attacks.addHttp2Requests();
        attacks.addHttp2Connections();
        attacks.addHttp2Floods();
        return attacks;
    }

    /** On a server with TLS: what is no handshake, or half of one. */
    static Attacks onTls() {
        Attacks attacks = new Attacks();
        attacks.add(GET + "\n");
        attacks.add(bytes(256));
        byte[] hello = ("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003" + "a".repeat(600))
                .getBytes(ISO_8859_1);
        attacks.add(hello);
        attacks.add("\u0016\u0003\u0001");
        attacks.add("\u0015\u0003\u0001\u0000\u0002\u0002(");
        return attacks;
    }

    /** A line end stands for CRLF. */
    private void add(String... parts) {
        all.add(new Attack(java.util.Arrays.stream(parts)
                .map(part -> part.replace("\n", "\r\n").getBytes(ISO_8859_1))
                .toList()));
    }

    private void add(byte[] part) {
        all.add(new Attack(List.of(part)));
    }

    private void addHttp2(Http2Frames frames) {
        all.add(new Attack(List.of(Http2Frames.connection().bytes(), frames.bytes())));
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        IntStream.range(0, count).forEach(i -> bytes[i] = (byte) i);
        return bytes;
    }

    private void addBodies() {
        add(CHUNKED + "ZZ\nxx");
        add(CHUNKED, "ZZ" + SECRET + "\n");
        add(CHUNKED);
        add(CHUNKED + "1;" + SECRET.repeat(4000));
        add(CHUNKED + "0\n" + SECRET + " : x\nContent-Length: 3\n\n");
        add(POST + "Content-Length: 100\n\nabc");
        add(POST + "Expect: 100-continue\nContent-Length: 20\n\n");
        add(POST + "Content-Length: 99999999\n\n" + "x".repeat(100_000));
        add("POST /" + SECRET + " HTTP/1.1" + AUTHORITY + "Content-Length: 10\n\nab");
        add(POST + "Content-Type: application/x-www-form-urlencoded\nContent-Length: 4\n\n%zz=");
        add(POST + "Content-Type: multipart/form-data; boundary=" + SECRET + "\nContent-Length: 4\n\nabcd");
    }

    private void addTargets() {
        String end = SECRET + " HTTP/1.1" + AUTHORITY + "\n";
        add("GET /a/../..//..%2f" + end);
        add("GET /a" + "/..".repeat(5000) + "/" + end);
        add("GET /%2e%2e/%2e%2e/" + end);
        add("GET /WEB-INF/" + end);
        add("GET /url:http://x/" + end);
        add("GET /api/notifications/%zz" + end);
        add("GET /api/notifications?after=%zz" + end);
        add("GET /api/not|if<>\"" + end);
        add("GET http://[::/" + end);
        add("CONNECT " + SECRET + ":443 HTTP/1.1" + AUTHORITY + "\n");
        add("GET /a\u0000" + end);
        add("GET /" + SECRET.repeat(3000) + " HTTP/1.1" + AUTHORITY + "\n");
        add("GET /" + SECRET + " HTTP/3.7" + AUTHORITY + "\n");
        add("GET /" + SECRET + " HTTP/2.0" + AUTHORITY + "\n");
        add("GET /" + SECRET + AUTHORITY + "\n");
    }

    private void addHeads() {
        for (String fields : List.of(
                "Content-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n",
                "Content-Length: 3\nContent-Length: 4\n\nabcd",
                "Content-Length: " + SECRET + "\n\nabcd",
                "Content-Length: -3\n\nabcd",
                "Content-Length: 99999999999999999999999\n\nabcd",
                "Transfer-Encoding: " + SECRET + "\n\nabcd",
                "X: a\n " + SECRET + "\n\n",
                "X " + SECRET + ": a\n\n",
                "X: \u0001" + SECRET + "\n\n",
                "X: " + SECRET.repeat(3000) + "\n\n",
                "Host: " + SECRET + "\n\n",
                "Cookie: \"" + SECRET + ";=;;=a\n\n",
                "Content-Type: " + SECRET + "///\nContent-Length: 2\n\n{}",
                "Origin: http://[" + SECRET + "\n\n",
                "Forwarded: host=" + SECRET + ":99999;proto=x\nX-Forwarded-Port: x\nX-Forwarded-Host: [\n\n")) {
            add(POST + fields);
        }
        add("GET /x HTTP/1.1\nHost: localhost:99999\nX: " + SECRET + "\n\n");
        add("GET /x HTTP/1.1\nHost: [[" + SECRET + "]:x\n\n");
        add(("GET /x HTTP/1.1\nHost: localhost\nX: " + SECRET + "\n\n").getBytes(ISO_8859_1));
        add("GET /api/notifi");
        add(GET + "\nGARBAGE " + SECRET + "\n\n");
        add(GET + "Accept: text/event-stream\n\n");
        add(GET + "Prefer: wait=20\n\n");
        add(bytes(5000));
        add("\u0016\u0003\u0001\u0002" + SECRET);
    }

    private void addWebSockets() {
        for (String frame : List.of(
                new String(bytes(256), ISO_8859_1),
                "\u00f1\u0080\u0000\u0000\u0000\u0000",
                "\u0081\n" + SECRET,
                "\u0081\u0082\u0000\u0000\u0000\u0000\u00ff\u00fe",
                "\u0082\u0082\u0000\u0000\u0000\u0000ab",
                "\u0081\u008a\u0000\u0000\u0000\u0000" + SECRET,
                "\u0081\u00ff\u0000\u0000\u0000\u0000\u0007\u0000\u0000\u0000\u0000\u0000\u0000\u0000",
                "\u0088\u0081\u0000\u0000\u0000\u0000a",
                "\u0088\u0082\u0000\u0000\u0000\u0000\u0000\u0001",
                "\u0080\u0081\u0000\u0000\u0000\u0000a",
                "\u0001\u0081\u0000\u0000\u0000\u0000a",
                "\u0081\u0085\u0000\u0000")) {
            all.add(new Attack(
                    List.of(WEB_SOCKET.replace("\n", "\r\n").getBytes(ISO_8859_1), frame.getBytes(ISO_8859_1))));
        }
    }

    private void addHttp2Requests() {
        String[] secret = {"x", SECRET};
        addHttp2(new Http2Frames().post(1, secret).frame(DATA, 0, 1, "abc").reset(1));
        addHttp2(new Http2Frames().post(1, secret).frame(DATA, 0, 1, "abc"));
        addHttp2(new Http2Frames().post(1, "content-length", "10").frame(DATA, END_STREAM, 1, "abc"));
        addHttp2(new Http2Frames().post(1, "content-length", "1").frame(DATA, END_STREAM, 1, "abc"));
        addHttp2(new Http2Frames().post(1, "content-length", SECRET).frame(DATA, END_STREAM, 1, "abc"));
        addHttp2(new Http2Frames().get(1, secret).frame(DATA, END_STREAM, 1, "abc"));
        addHttp2(new Http2Frames().get(1, "accept", "text/event-stream").frame(DATA, END_STREAM, 1, "abc"));
        addHttp2(new Http2Frames().get(1, "accept", "text/event-stream").reset(1));
        for (String name : List.of("X", "connection", "te", ":path", ":unknown")) {
            addHttp2(new Http2Frames().get(1, name, SECRET));
        }
        for (String path : List.of("/%zz", "http://[", "/a/../../")) {
            byte[] head = Http2Frames.fields(":method", "GET", ":scheme", "http", ":path", path + SECRET);
            addHttp2(new Http2Frames().frame(HEADERS, END_STREAM | END_HEADERS, 1, head));
        }
        byte[] noMethod = Http2Frames.fields(":scheme", "http", ":path", "/" + SECRET);
        addHttp2(new Http2Frames().frame(HEADERS, END_STREAM | END_HEADERS, 1, noMethod));
        addHttp2(new Http2Frames().frame(HEADERS, END_HEADERS, 1, noMethod));
        byte[] trailers = Http2Frames.fields(":path", SECRET);
        addHttp2(new Http2Frames().post(1, secret).frame(HEADERS, END_STREAM | END_HEADERS, 1, trailers));
        addHttp2(new Http2Frames().post(1, secret).frame(HEADERS, END_HEADERS, 1, Http2Frames.fields(secret)));
        addHttp2(new Http2Frames().post(1, "content-length", "99999999"));
        addHttp2(new Http2Frames().frame(HEADERS, END_HEADERS, 1, Http2Frames.request("CONNECT")));
        addHttp2(new Http2Frames().get(1, many(140)));
    }

    private static String[] many(int count) {
        return IntStream.range(0, count)
                .boxed()
                .flatMap(i -> java.util.stream.Stream.of("x" + i, SECRET.repeat(10)))
                .toArray(String[]::new);
    }

    private void addHttp2Connections() {
        addHttp2(new Http2Frames().frame(DATA, END_STREAM, 7, "abc"));
        addHttp2(new Http2Frames().frame(HEADERS, END_STREAM | END_HEADERS, 1, "\u00ff\u00ff\u00ff\u00ff\u00ff"));
        addHttp2(new Http2Frames().frame(DATA, 0, 1, "a".repeat(20_000)));
        addHttp2(new Http2Frames().frame(WINDOW_UPDATE, 0, 0, Http2Frames.number(0)));
        addHttp2(new Http2Frames().frame(WINDOW_UPDATE, 0, 0, Http2Frames.number(Integer.MAX_VALUE)));
        addHttp2(new Http2Frames().frame(SETTINGS, 0, 0, "\u0000\u0004\u00ff\u00ff\u00ff\u00ff"));
        addHttp2(new Http2Frames().frame(SETTINGS, 0, 0, "\u0000\u0004\u00ff"));
        addHttp2(new Http2Frames().frame(GOAWAY, 0, 0, "\u0000".repeat(8) + SECRET));
        addHttp2(new Http2Frames().get(2));
        addHttp2(new Http2Frames().frame(CONTINUATION, END_HEADERS, 1, Http2Frames.request("GET")));
        addHttp2(new Http2Frames().frame(PUSH_PROMISE, END_HEADERS, 1, Http2Frames.number(2)));
        addHttp2(new Http2Frames()
                .frame(HEADERS, END_STREAM, 1, Http2Frames.request("GET", many(140)))
                .frame(CONTINUATION, END_HEADERS, 1, Http2Frames.fields(many(140))));
        addHttp2(new Http2Frames().reset(9));
        addHttp2(new Http2Frames().frame(0xEE, 0, 0, SECRET));
        add("PRI * HTTP/2.0\n\nXX\n\n" + SECRET);
        add("PRI * HTTP/2.0\n");
        add("PRI * HTTP/2.0\n\nSM\n\n" + "\u00ff".repeat(100));
        add("PRI * HTTP/2.0\n\nSM\n\nGET / HTTP/1.1\n\n");
    }

    private void addHttp2Floods() {
        Http2Frames resets = new Http2Frames();
        Http2Frames posts = new Http2Frames();
        for (int stream = 1; stream < 600; stream += 2) {
            resets.get(stream, "accept", "text/event-stream").reset(stream);
            posts.post(stream, "x", SECRET);
        }
        addHttp2(resets);
        addHttp2(posts);
        Http2Frames pings = new Http2Frames();
        Http2Frames empties = new Http2Frames().post(1, "x", SECRET);
        for (int i = 0; i < 20_000; i++) {
            pings.frame(PING, 0, 0, "12345678");
            empties.frame(DATA, 0, 1, "");
        }
        addHttp2(pings);
        addHttp2(empties);
    }

    int count() {
        return all.size();
    }

    /** Makes each of them twice: once the client closes in order, once it breaks the connection off. */
    void makeOn(int port) throws IOException {
        for (Attack attack : all) {
            make(attack, port, false);
            make(attack, port, true);
        }
    }

    private static void make(Attack attack, int port, boolean isReset) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(100);
            for (byte[] part : attack.parts) {
                socket.getOutputStream().write(part);
                readSome(socket);
            }
            if (isReset) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // the server has closed while it was being written to
        }
    }

    /** What it answers does not matter here. */
    private static void readSome(Socket socket) throws IOException {
        try {
            socket.getInputStream().read(new byte[16 << 10]);
        } catch (SocketTimeoutException e) {
            // nothing, or not yet
        }
    }
}
