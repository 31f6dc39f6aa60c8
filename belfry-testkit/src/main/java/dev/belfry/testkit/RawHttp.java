package dev.belfry.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * HTTP/1 over a bare socket to the loopback, where a client library would hide what the test is about: the bytes as they are on
 * the wire, chunks, what follows a head that should have no body, and how the connection ends.
 *
 * <p>All that came since the connection was opened, or since {@link #next()}, is the answer. A wait in which nothing comes for
 * 30 s, or not what it is for within a minute, ends with an {@link AssertionError}, and one for more than comes before the end of the connection with an
 * {@link UncheckedIOException}.
 */
public final class RawHttp implements Closeable {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final Duration PATIENCE_WITH_OTHER_THINGS = Duration.ofMinutes(1);
    private static final String END_OF_HEAD = "\r\n\r\n";

    private final Socket socket;
    private final InputStream in;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private boolean ended;

    /** Connects to the loopback. */
    public RawHttp(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Connects and sends the head of a request.
     *
     * @param head its lines, each but the last with {@code \n} for CRLF; the empty line is added
     */
    public static RawHttp request(int port, String head) {
        return new RawHttp(port).sendHead(head);
    }

    /** Sends the head of a request as {@link #request} does. */
    public RawHttp sendHead(String head) {
        return send((head + "\n\n").replace("\n", "\r\n"));
    }

    /** Sends a text in UTF-8, as it is. */
    public RawHttp send(String text) {
        return send(text.getBytes(UTF_8));
    }

    public RawHttp send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends FIN: nothing more will be said from this side. */
    public void endSending() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes {@link #close()} send a reset in the place of FIN. */
    public void resetOnClose() {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads on until the answer, one character a byte, is as it should be; fails when the connection ends before. */
    public String until(Predicate<String> enough) {
        long deadline = System.nanoTime() + PATIENCE_WITH_OTHER_THINGS.toNanos();
        while (!enough.test(text())) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("other things came: " + text());
            }
            if (!readSome()) {
                throw new UncheckedIOException(new EOFException("the connection ended with: " + text()));
            }
        }
        return text();
    }

    public String untilContains(String text) {
        return until(received -> received.contains(text));
    }

    /** The whole answer, once the server has ended the connection; fails when it was reset. */
    public String untilEnd() {
        while (readSome()) {
            // read on
        }
        return text();
    }

    private boolean readSome() {
        if (ended) {
            return false;
        }
        try {
            byte[] some = new byte[8192];
            int count = in.read(some);
            ended = count < 0;
            received.write(some, 0, Math.max(0, count));
            return !ended;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing more came behind: " + text(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("the connection broke behind: " + text(), e);
        }
    }

    /** What has been read of the answer, one character a byte. */
    public String text() {
        return received.toString(ISO_8859_1);
    }

    /** The status line and the header lines, without the empty line. */
    public String head() {
        String text = untilContains(END_OF_HEAD);
        return text.substring(0, text.indexOf(END_OF_HEAD));
    }

    public int status() {
        return Integer.parseInt(head().split(" ", 3)[1]);
    }

    /** A header's value; empty when it is not there. */
    public String header(String name) {
        String prefix = name.toLowerCase(Locale.ROOT) + ":";
        return head().lines()
                .skip(1)
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip())
                .findFirst()
                .orElse("");
    }

    /** What has been read so far of what follows the head. */
    public byte[] body() {
        int from = head().length() + END_OF_HEAD.length();
        byte[] all = received.toByteArray();
        return Arrays.copyOfRange(all, from, all.length);
    }

    /** The whole body of an answer that announces its length. */
    public String bodyByLength() {
        String announced = header("Content-Length");
        int length = announced.isEmpty() ? 0 : Integer.parseInt(announced);
        until(text -> body().length >= length);
        return new String(body(), 0, length, UTF_8);
    }

    /** Everything that follows the head up to the end of the connection. */
    public String bodyToEnd() {
        untilEnd();
        return new String(body(), UTF_8);
    }

    /** Passes over the answer that has been read, whose length is announced: what comes behind it is the next one. */
    public RawHttp next() {
        int length = bodyByLength().getBytes(UTF_8).length;
        byte[] rest = Arrays.copyOfRange(body(), length, body().length);
        received.reset();
        received.writeBytes(rest);
        return this;
    }

    /** Everything that comes, for a parser of another protocol; nothing else is to be read from then on. */
    public InputStream stream() {
        return in;
    }

    /** What follows the head, for a parser; nothing else is to be read from then on. */
    public InputStream bodyStream() {
        return new BufferedInputStream(new SequenceInputStream(new ByteArrayInputStream(body()), in));
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
