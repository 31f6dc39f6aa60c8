package dev.belfry;

import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commit listeners of a log. Any thread adds and removes, the writer thread tells. */
final class CommitListeners {
    private static final Logger log = LoggerFactory.getLogger(CommitListeners.class);
    private static final Entry[] NOBODY = {};

    private volatile Entry[] entries = NOBODY;

    /** Told apart by identity, for the same listener may be added twice. */
    private static final class Entry {
        final CommitListener listener;

        Entry(CommitListener listener) {
            this.listener = listener;
        }
    }

    synchronized Registration add(CommitListener listener) {
        Entry entry = new Entry(listener);
        Entry[] more = Arrays.copyOf(entries, entries.length + 1);
        more[more.length - 1] = entry;
        entries = more;
        return () -> remove(entry);
    }

    @SuppressWarnings("ReferenceEquality") // see Entry
    private synchronized void remove(Entry entry) {
        entries = Arrays.stream(entries).filter(e -> e != entry).toArray(Entry[]::new);
    }

    /** Without an object of its own, and without throwing: a listener that is not told would not know what it has missed. */
    void tell(List<Event> events) {
        Entry[] all = entries;
        for (int i = 0; i < all.length; i++) {
            try {
                all[i].listener.committed(events);
            } catch (Throwable e) {
                logFailure(events, e);
            }
        }
    }

    private static void logFailure(List<Event> events, Throwable failure) {
        try {
            log.error("commit listener failed first={}", events.get(0).position(), failure);
        } catch (Throwable e) {
            // without memory for a line there is none
        }
    }
}
