package dev.belfry.attack.stage;

import java.io.IOException;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** One stream of Server-Sent Events, which comes back with its last id. */
final class HonestSubscriber implements HonestConnection.Asker {
    private static final long RETRY_NANOS = 500_000_000;

    private final int port;
    private final Selector selector;
    private final Ledger ledger;
    private final StringBuilder text = new StringBuilder();
    private @Nullable HonestConnection connection;
    private String lastId = "";
    private long retryAtNanos = System.nanoTime();
    private boolean isReady;
    private int breaks;
    private int gaps;

    HonestSubscriber(int port, Selector selector, Ledger ledger) {
        this.port = port;
        this.selector = selector;
        this.ledger = ledger;
    }

    void keepConnected() {
        if (connection == null && System.nanoTime() - retryAtNanos >= 0) {
            retryAtNanos = System.nanoTime() + RETRY_NANOS;
            try {
                connection = new HonestConnection(port, selector, this);
                connection.ask(request());
            } catch (IOException e) {
                connection = null;
            }
        }
    }

    private byte[] request() {
        String query = "topic=" + HonestClients.TOPIC;
        return lastId.isEmpty()
                ? Requests.get(query, Requests.SSE)
                : Requests.get(query, Requests.SSE, "Last-Event-ID: " + lastId);
    }

    @Override
    public void more(HonestConnection from, AnswerReader answer) {
        isReady |= answer.status() == 200;
        text.append(answer.takeText());
        int end = text.lastIndexOf("\n");
        if (end >= 0) {
            text.substring(0, end).lines().forEach(this::take);
            text.delete(0, end + 1);
        }
        if (answer.isComplete()) {
            from.close();
            broken(from);
        }
    }

    private void take(String line) {
        if (line.startsWith("id: ")) {
            lastId = line.substring("id: ".length());
        } else if (line.equals("event: belfry.gap")) {
            gaps++;
        } else if (line.startsWith("data: ") && Character.isDigit(line.charAt("data: ".length()))) {
            ledger.delivered(Integer.parseInt(line.substring("data: ".length(), line.indexOf(':', 6))));
        }
    }

    @Override
    public void broken(HonestConnection from) {
        connection = null;
        text.setLength(0);
        breaks++;
    }

    /** Whether its stream has begun. */
    boolean isReady() {
        return isReady;
    }

    /** How often its stream ended. */
    int breaks() {
        return breaks;
    }

    int gaps() {
        return gaps;
    }
}
