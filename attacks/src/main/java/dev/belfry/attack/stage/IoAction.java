package dev.belfry.attack.stage;

import java.io.IOException;

/** Something to do that may fail. */
@FunctionalInterface
public interface IoAction {
    void run() throws IOException;
}
