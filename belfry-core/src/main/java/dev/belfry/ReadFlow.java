package dev.belfry;

/**
 * One reader of the log in one {@link TurnQueue}, and how much time it has had. What it does is cut into turns, such as those that
 * it gives to {@link ReadTurns#execute(ReadFlow, Runnable)} one by one.
 */
public final class ReadFlow {
    private final ReadClient client;
    private volatile boolean searching;

    /** Owned by its {@link FairQueue}: where in its time this reader's next turn begins, and in which queue that counts. */
    long nextStart;

    int level;

    public ReadFlow(ReadClient client) {
        this.client = client;
    }

    /** For whom it reads. */
    public ReadClient client() {
        return client;
    }

    /**
     * Says what the last turn came to. A reader that found nothing and has not reached the head searches: it gets a quarter of
     * the reader threads together with all others that do, while somebody else has something to read.
     */
    public void read(Chunk chunk) {
        searching = chunk.events().isEmpty() && chunk.gap() == null && !chunk.headReached();
    }

    /** Whether it has found nothing in its last turn, and there was more to look at. */
    public boolean isSearching() {
        return searching;
    }
}
