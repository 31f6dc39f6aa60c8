package dev.belfry.attack.stage;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

/** What an attack works with: the server, a crowd of connections that end with it, its size, and its time. */
public final class Stage implements AutoCloseable {
    /** Almost as large as a body may be. */
    public static final int LARGE_BYTES = 4_000_000;

    /** The topic of events of that size. */
    public static final String LARGE = "large";

    /** A publication of one event of that size. */
    public static final byte[] LARGE_EVENT = Requests.postJson(Requests.notification(LARGE, "x".repeat(LARGE_BYTES)));

    private static final int PATIENCE_MILLIS = 30_000;

    private final AttackedServer server;
    private final Crowd crowd;
    private final Scale scale;
    private long endNanos;

    public Stage(AttackedServer server, Scale scale) throws IOException {
        this.server = server;
        this.scale = scale;
        crowd = new Crowd(server.port());
    }

    public AttackedServer server() {
        return server;
    }

    public Crowd crowd() {
        return crowd;
    }

    /** How many events there are to be, by how many there are in the long form. */
    public int events(int longForm) {
        return scale.events(longForm);
    }

    /** Lets a young server compile what honest clients need. */
    public void warmUp(Duration time) throws IOException {
        WarmUp.run(server.port(), time);
    }

    /** From now on the attack's time runs. */
    public void begin() {
        endNanos = System.nanoTime() + scale.time().toNanos();
    }

    public Duration time() {
        return scale.time();
    }

    public boolean isOver() {
        return System.nanoTime() >= endNanos;
    }

    /** Keeps the connections going until the time is over. */
    public void hold() throws IOException {
        crowd.run(Duration.ofNanos(Math.max(0, endNanos - System.nanoTime())));
    }

    /** Does something at once and then again and again until the time is over. */
    public void every(Duration period, IoAction action) throws IOException {
        while (!isOver()) {
            action.run();
            crowd.run(period);
        }
    }

    /** Publishes one event of 4 MB. */
    public void publishLarge() throws IOException {
        publish(LARGE_EVENT);
    }

    /** Sends a publication on a connection of its own and waits for its answer, which must be 201. */
    public void publish(byte[] request) throws IOException {
        int status = status(server.port(), request);
        if (status != 201) {
            throw new IOException("not published: " + status);
        }
    }

    /** Sends a request on a connection of its own; the status of the answer, 0 for none. */
    public static int status(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            return status(socket.getInputStream());
        }
    }

    private static int status(InputStream in) throws IOException {
        byte[] line = in.readNBytes("HTTP/1.1 200".length());
        String text = new String(line, java.nio.charset.StandardCharsets.ISO_8859_1);
        return line.length < 12 ? 0 : Integer.parseInt(text.substring(9));
    }

    @Override
    public void close() throws IOException {
        crowd.close();
    }
}
