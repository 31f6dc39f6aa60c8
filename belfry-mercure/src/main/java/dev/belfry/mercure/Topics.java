package dev.belfry.mercure;

import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.Topic;
import java.util.Optional;

/** Texts as topics. */
final class Topics {
    private Topics() {}

    /** Empty when no topic is spelled like this. */
    static Optional<Topic> of(String text) {
        try {
            return Optional.of(new Topic(text));
        } catch (InvalidInput e) {
            return Optional.empty();
        }
    }
}
