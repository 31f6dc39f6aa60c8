package dev.belfry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reader threads of a hub, and who is next. Whatever reads the log does so in turns of about a millisecond, and has its next
 * one when the others had theirs: fair between clients, and between the readers of one. So no reader holds a thread, and one
 * that has just come waits for one turn rather than for all that others have asked for.
 *
 * <p>The order is that of a {@link TurnQueue}.
 */
public final class ReadTurns extends AbstractExecutorService {
    private static final Logger log = LoggerFactory.getLogger(ReadTurns.class);
    private static final RareLine failed = RareLine.warning(log);

    private final TurnQueue<Runnable> waiting = new TurnQueue<>();
    private final ReadFlow others = new ReadFlow(ReadClient.LOCAL);
    private final FatalError fatal;
    private int running;
    private boolean isShutdown;

    ReadTurns(int threadCount, FatalError fatal) {
        this.fatal = fatal;
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= threadCount; i++) {
            Thread thread = new Thread(this::work, "belfry-read-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /**
     * Has a turn of a reader when it is due. A task that has more to do asks for its next turn itself.
     *
     * @throws RejectedExecutionException when the hub is closed
     */
    public synchronized void execute(ReadFlow flow, Runnable task) {
        if (isShutdown) {
            throw new RejectedExecutionException("the hub is closed");
        }
        waiting.add(flow, task);
        notifyAll();
    }

    /** As one reader for all that comes this way; for what is short. */
    @Override
    public void execute(Runnable task) {
        execute(others, task);
    }

    /** How many turns wait or are had. */
    public synchronized int underWay() {
        return waiting.size() + running;
    }

    // ---- the reader threads

    private void work() {
        try {
            haveTurns();
        } catch (Throwable e) {
            fatal.failed("reader thread", e);
        }
    }

    /** Whatever a turn throws is its own: the thread goes on. */
    private void haveTurns() {
        Turn<Runnable> turn = next(null, 0);
        while (turn != null) {
            long began = System.nanoTime();
            try {
                turn.work().run();
            } catch (Throwable e) {
                warn(e);
            }
            turn = next(turn, System.nanoTime() - began);
        }
    }

    private static void warn(Throwable e) {
        try {
            failed.log("read failed cause={}", e.toString());
        } catch (Throwable again) {
            // without memory for a line there is none
        }
    }

    /** Takes note of what the last turn took, and waits for the next; null when there will be none. */
    private synchronized @Nullable Turn<Runnable> next(@Nullable Turn<Runnable> last, long nanos) {
        if (last != null) {
            running--;
            last.took(nanos);
        }
        while (waiting.isEmpty() && !isShutdown) {
            try {
                wait();
            } catch (InterruptedException e) {
                // nobody has a reason to interrupt a reader, and none ends because somebody does
            }
        }
        Turn<Runnable> turn = waiting.poll();
        running += turn == null ? 0 : 1;
        notifyIfLast();
        return turn;
    }

    private void notifyIfLast() {
        if (isShutdown && waiting.size() + running == 0) {
            notifyAll();
        }
    }

    // ---- the end

    /** Takes no more turns, and has those that wait. */
    @Override
    public synchronized void shutdown() {
        isShutdown = true;
        notifyAll();
    }

    /** As {@link #shutdown()}: what waits is had, for a poll that has just ended is answered by it. */
    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        return List.of();
    }

    @Override
    public synchronized boolean isShutdown() {
        return isShutdown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return isShutdown && waiting.size() + running == 0;
    }

    @Override
    public synchronized boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long deadline = System.nanoTime() + unit.toNanos(timeout);
        while (!isTerminated()) {
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMillis <= 0) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }
}
