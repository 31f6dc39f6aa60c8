package dev.belfry;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a log's writer thread says of its work, to the listener and to the log. None of it throws, for want of memory either. */
final class WriterReports {
    private static final Logger log = LoggerFactory.getLogger(LogWriter.class);

    private final LogListener listener;
    private final RareLine failed = RareLine.warning(log);

    WriterReports(LogListener listener) {
        this.listener = listener;
    }

    void committed(CommitGroup commit, List<Pending> pendings, long beganNanos) {
        try {
            long nowNanos = System.nanoTime();
            listener.committed(new LogListener.Commit(
                    commit.publications(),
                    commit.events().size(),
                    pendings.stream().mapToLong(Pending::bytes).sum(),
                    Duration.ofNanos(nowNanos - beganNanos),
                    Duration.ofNanos(beganNanos - pendings.get(0).sinceNanos())));
        } catch (Throwable e) {
            notTold(e);
        }
    }

    /** Any thread. */
    void refused(String code) {
        try {
            listener.refused(code);
        } catch (Throwable e) {
            notTold(e);
        }
    }

    /** A line once for each cause: a full disk refuses every publication until there is room. */
    void writeFailed(BelfryException why, @Nullable BelfryException before) {
        try {
            if (before == null || !cause(why).equals(cause(before))) {
                log.error("write failed code={} cause={}", why.code(), cause(why));
            }
            listener.writeFailed(why.code());
        } catch (Throwable e) {
            notTold(e);
        }
    }

    /** A line once a second at most. */
    void warn(String what, Throwable e) {
        try {
            failed.log("{} cause={}", what, cause(e));
        } catch (Throwable again) {
            notTold(again);
        }
    }

    private static String cause(Throwable e) {
        return String.valueOf(e.getCause() == null ? e : e.getCause());
    }

    private static void notTold(Throwable e) {
        try {
            log.debug("log listener failed cause={}", e.toString());
        } catch (Throwable again) {
            // without memory for a line there is none
        }
    }
}
