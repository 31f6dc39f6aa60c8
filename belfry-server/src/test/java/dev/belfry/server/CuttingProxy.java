package dev.belfry.server;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A way to the server that breaks when it is told, wherever in the stream that is. */
final class CuttingProxy implements Closeable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);

    CuttingProxy(int target) throws IOException {
        this.target = target;
        spawn(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Lets so many more bytes through to clients, and then cuts every connection. */
    void cutAfter(long bytes) {
        bytesLeft.set(bytes);
    }

    private static void spawn(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                client.setTcpNoDelay(true);
                sockets.add(client);
                connect(client);
            }
        } catch (IOException e) {
            cut();
        }
    }

    private void connect(Socket client) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            server.setTcpNoDelay(true);
            sockets.add(server);
            spawn(() -> relay(client, server, false));
            spawn(() -> relay(server, client, true));
        } catch (IOException e) {
            close(client);
        }
    }

    private void relay(Socket from, Socket to, boolean counted) {
        byte[] buffer = new byte[8 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                long left = counted ? bytesLeft.getAndAdd(-n) : Long.MAX_VALUE;
                out.write(buffer, 0, (int) Math.max(0, Math.min(n, left)));
                if (left <= n) {
                    cut();
                    return;
                }
            }
        } catch (IOException e) {
            // one side is gone, and so goes the other
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    /** Cuts every connection now. */
    void cut() {
        sockets.forEach(CuttingProxy::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }
}
