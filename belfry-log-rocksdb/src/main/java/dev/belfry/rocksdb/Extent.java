package dev.belfry.rocksdb;

import dev.belfry.Epochs;
import dev.belfry.Position;

/**
 * From where to where the log reaches, and how much that is. Set by the writer thread alone: {@code head} when all up to it can
 * be read, {@code oldest} when the database has it and before a file below it is deleted.
 */
final class Extent {
    volatile Epochs epochs;
    volatile long oldest;
    volatile long head;
    volatile long keptBytes;
    volatile long keptEvents;

    Extent(Epochs epochs, long oldest, long head) {
        this.epochs = epochs;
        this.oldest = oldest;
        this.head = head;
    }

    Position headPosition() {
        return epochs.at(head);
    }

    Position oldestPosition() {
        return epochs.at(oldest);
    }
}
