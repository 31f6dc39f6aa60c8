package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Position;

/**
 * From where to where the log reaches, and how much that is. Set by the writer thread alone: {@code head} when all up to it can
 * be read, {@code oldest} when the database has it and before a file below it is deleted.
 */
final class Extent {
    final Damage damage = new Damage();
    volatile Epochs epochs;
    volatile long oldest;
    volatile long head;
    /** The newest place where an event may have been removed: behind it, no reader lacks any. Set before that is written. */
    volatile long removedTo;

    volatile long keptBytes;
    volatile long keptEvents;
    /** From here on the index of topics is whole; it was lost before. */
    volatile long indexedFrom;

    Extent(Epochs epochs, long oldest, long head, long indexedFrom) {
        this.epochs = epochs;
        this.oldest = oldest;
        this.head = head;
        this.indexedFrom = indexedFrom;
    }

    Position headPosition() {
        return epochs.at(head);
    }

    Position oldestPosition() {
        return epochs.at(oldest);
    }
}
