package dev.belfry;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A set of values; mostly one, which then needs no set: at a million subscribers it is their memory. */
class Entries<T> {
    private @Nullable T single;
    private @Nullable Set<T> many;

    final boolean isEmpty() {
        return single == null && many == null;
    }

    final boolean add(T value) {
        if (many != null) {
            return many.add(value);
        }
        if (single == null) {
            single = value;
            return true;
        }
        if (single.equals(value)) {
            return false;
        }
        many = new LinkedHashSet<>(List.of(single, value));
        single = null;
        return true;
    }

    final boolean remove(T value) {
        if (many != null) {
            boolean removed = many.remove(value);
            if (many.size() == 1) {
                single = many.iterator().next();
                many = null;
            }
            return removed;
        }
        boolean removed = value.equals(single);
        single = removed ? null : single;
        return removed;
    }

    final void forEach(Consumer<? super T> action) {
        if (many != null) {
            many.forEach(action);
        } else if (single != null) {
            action.accept(single);
        }
    }
}
