package dev.belfry.webflux;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.function.Predicate;

/** A socket, and what came on it so far. */
final class RawClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 10_000;

    final Socket socket;
    private final InputStream in;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean ended;

    RawClient(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a request for the endpoint; {@code \n} stands for CRLF, and the empty line is added. */
    static RawClient request(TestServer server, String head) {
        return new RawClient(server.port()).send((head + "\n\n").replace("\n", "\r\n"));
    }

    RawClient send(String text) {
        return send(text.getBytes(UTF_8));
    }

    RawClient send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads on until all that was received, one character a byte, is as it should be. */
    String until(Predicate<String> enough) {
        while (!enough.test(text())) {
            if (ended || !readSome()) {
                throw new AssertionError("the connection ended with: " + text());
            }
        }
        return text();
    }

    String untilContains(String text) {
        return until(received -> received.contains(text));
    }

    /** All until the server closes. */
    String untilEnd() {
        while (!ended && readSome()) {
            // read on
        }
        return text();
    }

    private boolean readSome() {
        try {
            byte[] some = new byte[8192];
            int count = in.read(some);
            ended = count < 0;
            received.write(some, 0, Math.max(0, count));
            return !ended;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing more came behind: " + text(), e);
        } catch (IOException e) {
            ended = true;
            return false;
        }
    }

    String text() {
        return received.toString(ISO_8859_1);
    }

    byte[] body() {
        byte[] all = received.toByteArray();
        int from = text().indexOf("\r\n\r\n") + 4;
        return java.util.Arrays.copyOfRange(all, from, all.length);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
