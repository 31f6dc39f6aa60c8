package dev.belfry.rocksdb;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What of the storage is known to be unreadable: places of events, and the last error of everything else. Any thread. */
final class Damage {
    private static final Logger log = LoggerFactory.getLogger(Damage.class);
    private static final Pattern FILE = Pattern.compile("(\\d{6,})\\.sst");
    private static final int MAX_NAMED = 1_000;

    /** From the first lost offset of a stretch to its last. */
    private final ConcurrentSkipListMap<Long, Long> lost = new ConcurrentSkipListMap<>();

    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private final AtomicReference<@Nullable RocksDBException> suspicion = new AtomicReference<>();

    /** Whether an error means that what is stored cannot be read, now or ever. */
    static boolean isDamage(RocksDBException e) {
        Status status = e.getStatus();
        if (status == null) {
            return false;
        }
        boolean isUnreadableFile = status.getCode() == Status.Code.IOError
                && fileOf(e) != null
                && (String.valueOf(e.getMessage()).contains("While pread")
                        || String.valueOf(e.getMessage()).contains("While open a file for random read"));
        return status.getCode() == Status.Code.Corruption || isUnreadableFile;
    }

    /** The number of the file that an error names. */
    static @Nullable String fileOf(RocksDBException e) {
        Matcher matcher = FILE.matcher(String.valueOf(e.getMessage()));
        return matcher.find() ? matcher.group(1) : null;
    }

    /** The last of the lost places of which this is one; -1 when it is not known to be lost. */
    long lostTo(long offset) {
        Map.Entry<Long, Long> stretch = lost.isEmpty() ? null : lost.floorEntry(offset);
        return stretch != null && stretch.getValue() >= offset ? stretch.getValue() : -1;
    }

    /** Remembers that events cannot be read, and says so once for each file. */
    void lose(long from, long to, RocksDBException cause) {
        lost.merge(from, to, Math::max);
        if (isNew(cause)) {
            log.error("events cannot be read, their readers get a gap from={} to={} cause={}", from, to, text(cause));
        }
    }

    /** Forgets what retention has removed. */
    void forgetBelow(long oldest) {
        while (!lost.isEmpty() && lost.firstEntry().getValue() < oldest) {
            lost.pollFirstEntry();
        }
    }

    /** How many places are known to be lost. */
    long events() {
        long events = 0;
        long counted = 0;
        for (Map.Entry<Long, Long> stretch : lost.entrySet()) {
            long from = Math.max(stretch.getKey(), counted + 1);
            events += Math.max(0, stretch.getValue() - from + 1);
            counted = Math.max(counted, stretch.getValue());
        }
        return events;
    }

    /** Is told of an error outside of the events, which the writer thread is to repair. */
    void suspect(RocksDBException cause) {
        suspicion.compareAndSet(null, cause);
    }

    boolean isSuspected() {
        return suspicion.get() != null;
    }

    /** The first error since the last call. */
    @Nullable
    RocksDBException takeSuspicion() {
        return suspicion.getAndSet(null);
    }

    private boolean isNew(RocksDBException cause) {
        String file = fileOf(cause);
        return named.size() < MAX_NAMED && named.add(file == null ? text(cause) : file);
    }

    /** The message in one line. */
    static String text(RocksDBException cause) {
        return String.valueOf(cause.getMessage()).replaceAll("\\s+", " ");
    }
}
