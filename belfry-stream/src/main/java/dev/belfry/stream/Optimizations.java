package dev.belfry.stream;

/**
 * What the live side may share or remember for speed. Its output is the same without any of it, which tests show.
 *
 * @param groups whether equal subscriptions share a group
 * @param chunks whether a chunk of the log is shared by those at the same place
 * @param tail whether the newest events are kept for subscribers that are a little behind
 */
record Optimizations(boolean groups, boolean chunks, boolean tail) {
    static final Optimizations ALL = new Optimizations(true, true, true);
    static final Optimizations NONE = new Optimizations(false, false, false);
}
