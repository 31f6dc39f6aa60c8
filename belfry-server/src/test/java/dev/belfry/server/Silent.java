package dev.belfry.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Connections on which something is sent and nothing is read, and which have little room in their sockets. */
final class Silent implements Closeable {
    private static final int RECEIVE_BUFFER_BYTES = 4 << 10;

    private final int port;
    private final List<Socket> sockets = new ArrayList<>();

    Silent(int port) {
        this.port = port;
    }

    /** Opens another; false when the server closed it while it was sent to. */
    boolean send(byte[] bytes) {
        try {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    boolean get(String rest, String accept) {
        String head =
                "GET /api/notifications" + rest + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\n\r\n";
        return send(head.getBytes(ISO_8859_1));
    }

    /** The newest of them. */
    Socket last() {
        return sockets.get(sockets.size() - 1);
    }

    @Override
    public void close() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
