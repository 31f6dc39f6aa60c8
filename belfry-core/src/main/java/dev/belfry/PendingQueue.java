package dev.belfry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The bounded queue in front of a log's writer thread, which takes out what one write commits. */
final class PendingQueue {
    /** And so many publications at most, as each has an event. */
    static final int MAX_GROUP_EVENTS = 4096;

    private static final long MAX_GROUP_BYTES = 4L << 20;

    /** Ends a wait and is nothing itself. */
    private static final Pending WAKE =
            new Pending(Publication.of(Notification.of("wake", "")), 0, 0, new CompletableFuture<>(), Runnable::run);

    private final int maxEvents;
    private final long maxBytes;
    private final BlockingQueue<Pending> queue;
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();

    PendingQueue(LogSettings settings) {
        maxEvents = settings.queueEvents();
        maxBytes = settings.queueBytes();
        queue = new ArrayBlockingQueue<>(maxEvents + 1);
    }

    int events() {
        return events.get();
    }

    long bytes() {
        return bytes.get();
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Any thread; false when there is no room. A publication larger than the whole queue is let in when the queue is empty. */
    boolean add(Pending pending) {
        int eventsNow = events.addAndGet(pending.events());
        long bytesNow = bytes.addAndGet(pending.bytes());
        boolean fits = eventsNow <= maxEvents && bytesNow <= maxBytes;
        boolean added = false;
        try {
            added = (fits || eventsNow == pending.events()) && queue.add(pending);
        } finally {
            if (!added) {
                free(pending); // for want of memory too, or the queue would fill up with what is not there
            }
        }
        return added;
    }

    /** Takes back what was added, unless the writer thread has it already. */
    boolean remove(Pending pending) {
        boolean removed = queue.remove(pending);
        if (removed) {
            free(pending);
        }
        return removed;
    }

    private void free(Pending pending) {
        events.addAndGet(-pending.events());
        bytes.addAndGet(-pending.bytes());
    }

    /** Ends a wait for the next group. */
    void wake() {
        queue.offer(WAKE);
    }

    /**
     * Waits for the first publication, then takes what has queued up, as much as one write commits; nothing after the wait.
     *
     * @param group has what was taken, also when this throws; with room for as much as one write commits
     */
    @SuppressWarnings("ReferenceEquality") // there is one to wake with
    void takeGroup(List<Pending> group, long waitMillis) throws InterruptedException {
        int groupEvents = 0;
        long groupBytes = 0;
        Pending pending = queue.poll(waitMillis, TimeUnit.MILLISECONDS);
        yieldToPublishers();
        while (pending != null) {
            if (pending != WAKE) {
                group.add(pending);
                free(pending);
                groupEvents += pending.events();
                groupBytes += pending.bytes();
            }
            pending = groupEvents < MAX_GROUP_EVENTS && groupBytes < MAX_GROUP_BYTES ? queue.poll() : null;
        }
    }

    /**
     * The first publication wakes this thread in the middle of what a publishers' thread has read. Where they share a
     * processor, giving it back makes one group of all of it and not one of each; else this costs nothing.
     */
    @SuppressWarnings("ThreadPriorityCheck") // a hint, on which nothing but the size of groups depends
    private static void yieldToPublishers() {
        Thread.yield();
    }

    /** All that is left. */
    List<Pending> drain() {
        List<Pending> rest = new ArrayList<>();
        queue.drainTo(rest);
        rest.remove(WAKE);
        rest.forEach(this::free);
        return rest;
    }
}
