package dev.belfry.attack.strangers;

import dev.belfry.attack.stage.Http2Frames;
import dev.belfry.attack.stage.Requests;
import dev.belfry.attack.stage.Stage;
import dev.belfry.attack.stage.Stranger;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Whatever has ever made a server of this kind write to its log, with a token in it. */
final class LogFlood implements Attack {
    private static final int EACH_TIME = 10;
    private static final int MOST = 100;
    private static final String SECRET = Requests.SECRET;
    private static final String HEAD = " HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + SECRET + "\r\n";
    private static final String POST = "POST /api/notifications?access_token=" + SECRET + HEAD;
    private static final String GET = "GET /api/notifications?access_token=" + SECRET + HEAD;

    private final List<byte[]> noises = List.of(
            Requests.bytes(POST + "Content-Length: 100\r\n\r\nabc"),
            Requests.bytes(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n"),
            Requests.bytes(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
            Requests.bytes(POST + "Content-Length: " + SECRET + "\r\n\r\n"),
            Requests.bytes(POST + "Content-Type: " + SECRET + "///\r\nContent-Length: 2\r\n\r\n{}"),
            Requests.bytes(GET + "If-None-Match: \"a, W/\r\n\r\n"),
            Requests.bytes(GET + "Prefer: wait=" + SECRET + "\r\n\r\n"),
            Requests.bytes(GET + "Origin: http://[" + SECRET + "\r\n\r\n"),
            Requests.bytes(GET + "Accept: text/event-stream\r\n\r\n"),
            Requests.bytes(GET + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\u0081\u0082abcdefgh"),
            Requests.bytes("GET /x?access_token=" + SECRET + " HTTP/1.1\r\nHost: 127.0.0.1:99999\r\n\r\n"),
            Requests.bytes("GET /a" + "/..".repeat(1000) + "/?access_token=" + SECRET + HEAD + "\r\n"),
            Requests.bytes("GET /a/%zz?access_token=" + SECRET + HEAD + "\r\n"),
            Requests.bytes(SECRET + "\r\n\r\n"),
            Requests.joined(
                    Http2Frames.connection(1 << 20).bytes(),
                    new Http2Frames()
                            .post(1)
                            .data(1, new byte[9])
                            .reset(1)
                            .get(2, "")
                            .bytes()));

    @Override
    public String name() {
        return "log-flood";
    }

    @Override
    public String what() {
        return "200 broken or broken off requests a second, with a token in them";
    }

    @Override
    public void run(Stage stage) throws IOException {
        Deque<Stranger> open = new ArrayDeque<>();
        int[] next = {0};
        stage.every(Duration.ofMillis(50), () -> {
            for (int i = 0; i < EACH_TIME; i++) {
                open.add(stage.crowd().open().send(noises.get(next[0]++ % noises.size())));
            }
            while (open.size() > MOST) {
                open.remove().reset();
            }
        });
    }
}
