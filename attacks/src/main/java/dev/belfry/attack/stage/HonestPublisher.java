package dev.belfry.attack.stage;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Publishes at a fixed rate whatever the server does: on connections that it keeps, each tenth event on a new one. */
final class HonestPublisher implements HonestConnection.Asker {
    private static final int NEW_CONNECTION_EACH = 10;
    private static final int MOST_CONNECTIONS = 64;
    private static final String PADDING = "x".repeat(80);

    private final int port;
    private final Selector selector;
    private final Ledger ledger;
    private final List<HonestConnection> kept = new ArrayList<>();
    private final Map<HonestConnection, Integer> underWay = new HashMap<>();
    private final Deque<Integer> waiting = new ArrayDeque<>();

    HonestPublisher(int port, Selector selector, Ledger ledger) {
        this.port = port;
        this.selector = selector;
        this.ledger = ledger;
    }

    void publish(long intendedNanos) {
        waiting.add(ledger.begin(intendedNanos));
        sendWaiting();
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && underWay.size() < MOST_CONNECTIONS) {
            int number = waiting.remove();
            try {
                HonestConnection connection = connectionFor(number);
                underWay.put(connection, number);
                connection.ask(request(number));
            } catch (IOException e) {
                ledger.refused(number, "no connection");
            }
        }
    }

    private HonestConnection connectionFor(int number) throws IOException {
        kept.removeIf(connection -> !connection.isFree());
        return number % NEW_CONNECTION_EACH == 0 || kept.isEmpty()
                ? new HonestConnection(port, selector, this)
                : kept.remove(kept.size() - 1);
    }

    private static byte[] request(int number) {
        return Requests.postJson(Requests.notification(HonestClients.TOPIC, number + ":" + PADDING));
    }

    @Override
    public void more(HonestConnection connection, AnswerReader answer) {
        if (answer.isComplete()) {
            Integer number = underWay.remove(connection);
            if (number != null && answer.status() == 201) {
                ledger.acknowledged(number);
                keep(connection, number);
            } else if (number != null) {
                ledger.refused(number, Integer.toString(answer.status()));
                connection.close();
            }
            sendWaiting();
        }
    }

    private void keep(HonestConnection connection, int number) {
        if (number % NEW_CONNECTION_EACH == 0 && !kept.isEmpty()) {
            connection.close();
        } else {
            kept.add(connection);
        }
    }

    @Override
    public void broken(HonestConnection connection) {
        Integer number = underWay.remove(connection);
        if (number != null) {
            ledger.refused(number, "connection broken");
        }
        sendWaiting();
    }

    boolean isIdle() {
        return underWay.isEmpty() && waiting.isEmpty();
    }

    /** What has no answer by now has none. */
    void giveUp() {
        underWay.values().forEach(number -> ledger.refused(number, "no answer"));
        waiting.forEach(number -> ledger.refused(number, "no answer"));
        underWay.clear();
        waiting.clear();
    }
}
