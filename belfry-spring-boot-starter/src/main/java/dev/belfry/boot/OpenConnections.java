package dev.belfry.boot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are no streams. When there is no room for another connection, the one that is missed least is closed: so idle
 * connections, be they as many as there can be, keep nobody out. Any thread.
 */
final class OpenConnections {
    /** Of many connections some are looked at: as good as all, and bounded. */
    private static final int SAMPLE = 64;

    private final List<OpenConnection> all = new ArrayList<>();

    synchronized void add(OpenConnection connection) {
        connection.placed(all.size());
        all.add(connection);
    }

    /** The last connection takes the place that becomes free. */
    synchronized void remove(OpenConnection connection) {
        int free = connection.place();
        if (free == OpenConnection.NO_PLACE) {
            return;
        }
        OpenConnection last = all.remove(all.size() - 1);
        if (last != connection) {
            all.set(free, last);
            last.placed(free);
        }
        connection.placed(OpenConnection.NO_PLACE);
    }

    /** Closes an idle connection, soon; false when there is none. */
    boolean closeLeastMissed() {
        OpenConnection victim = leastMissed();
        if (victim == null) {
            return false;
        }
        victim.closeIfIdle();
        return true;
    }

    private synchronized @Nullable OpenConnection leastMissed() {
        int size = all.size();
        int from = size == 0 ? 0 : ThreadLocalRandom.current().nextInt(size);
        return IntStream.range(0, Math.min(SAMPLE, size))
                .mapToObj(i -> all.get((from + i) % size))
                .map(OpenConnection::use)
                .filter(OpenConnection.Use::isIdle)
                .min(Comparator.comparing(OpenConnection.Use::kind).thenComparing(OpenConnection.Use::sinceNanos))
                .map(OpenConnection.Use::connection)
                .orElse(null);
    }
}
