package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One exchange over a bare socket, where a client library would say more or less than the test wants. */
final class RawHttp implements Closeable {
    private static final int DEADLINE_MILLIS = 30_000;

    private final Socket socket;
    private final InputStream in;
    private final Map<String, String> headers = new TreeMap<>();

    /** Connects and sends. */
    RawHttp(int port, String request) throws IOException {
        this(port);
        send(request.getBytes(ISO_8859_1));
    }

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(DEADLINE_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Closes this side: nothing more will be sent, and the answer is waited for. */
    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads the status line and the headers; returns the status. */
    int status() throws IOException {
        headers.clear();
        String line = readLine();
        for (String header = readLine(); !header.isEmpty(); header = readLine()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
        return Integer.parseInt(line.split(" ", 3)[1]);
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("ended behind: " + line.toString(ISO_8859_1));
            }
            line.write(b);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    /** A header of the answer, by its name in lower case; empty when it is not there. */
    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** What comes behind the headers, as it is on the wire. */
    InputStream body() {
        return in;
    }

    /** The body of an answer that announces its length. */
    String readBody() throws IOException {
        String length = header("content-length");
        return new String(in.readNBytes(length.isEmpty() ? 0 : Integer.parseInt(length)), UTF_8);
    }

    /** Everything up to the end of the connection. */
    String readToEnd() throws IOException {
        return new String(in.readAllBytes(), UTF_8);
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
