package dev.belfry.attack.stage;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Polls from where the last poll got to: at once again (a long poll), or each half second. */
final class HonestPoller implements HonestConnection.Asker {
    private static final Pattern NUMBER = Pattern.compile("\"data\":\"(\\d+):");
    private static final Pattern NEXT = Pattern.compile("\"next\":\"([^\"]+)\"");
    private static final long PERIOD_NANOS = 500_000_000;
    private static final String WAIT = "Prefer: wait=20";

    private final int port;
    private final Selector selector;
    private final Ledger ledger;
    private final boolean isLong;
    private @Nullable HonestConnection connection;
    private String next = "now";
    private long dueNanos = System.nanoTime();
    private boolean isAsking;
    private int failures;

    HonestPoller(int port, Selector selector, Ledger ledger, boolean isLong) {
        this.port = port;
        this.selector = selector;
        this.ledger = ledger;
        this.isLong = isLong;
    }

    void askWhenDue() {
        if (!isAsking && System.nanoTime() - dueNanos >= 0) {
            try {
                HonestConnection kept = connection;
                HonestConnection asked =
                        kept != null && kept.isFree() ? kept : new HonestConnection(port, selector, this);
                connection = asked;
                isAsking = true;
                asked.ask(request());
            } catch (IOException e) {
                fail();
            }
        }
    }

    private byte[] request() {
        String query = "topic=" + HonestClients.TOPIC + "&limit=1000&after=" + next;
        return isLong ? Requests.get(query, WAIT) : Requests.get(query);
    }

    @Override
    public void more(HonestConnection from, AnswerReader answer) {
        if (!answer.isComplete()) {
            return;
        }
        isAsking = false;
        if (answer.status() == 200) {
            take(answer.takeText());
        } else {
            from.close();
            fail();
        }
    }

    private void take(String json) {
        Matcher position = NEXT.matcher(json);
        if (position.find()) {
            next = position.group(1);
        }
        if (isLong) {
            Matcher number = NUMBER.matcher(json);
            while (number.find()) {
                ledger.polled(Integer.parseInt(number.group(1)));
            }
        } else {
            ledger.poll.record(dueNanos);
            dueNanos = Math.max(dueNanos, System.nanoTime() - PERIOD_NANOS) + PERIOD_NANOS;
        }
    }

    @Override
    public void broken(HonestConnection from) {
        isAsking = false;
        fail();
    }

    private void fail() {
        failures++;
        connection = null;
        isAsking = false;
        dueNanos = System.nanoTime() + PERIOD_NANOS;
    }

    /** A poll without an answer at the end has taken so long already. */
    void giveUp() {
        if (isAsking && !isLong) {
            ledger.poll.recordWaiting(dueNanos);
        }
    }

    /** Answers other than 200, and connections that broke. */
    int failures() {
        return failures;
    }
}
