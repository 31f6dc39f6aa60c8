package dev.belfry;

/** A turn of a reader that was taken from a {@link TurnQueue}. */
public abstract class Turn<T> {
    private final T work;

    Turn(T work) {
        this.work = work;
    }

    /** What is to be done in it. */
    public final T work() {
        return work;
    }

    /** Says how long it has taken, which its reader and its client are charged with. By who owns the queue. */
    public abstract void took(long nanos);
}
