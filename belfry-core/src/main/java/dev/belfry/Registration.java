package dev.belfry;

/** What a listener was registered for; closing it removes the listener. A commit under way may still be told. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    /** Removes the listener. Closing again does nothing. */
    @Override
    void close();
}
