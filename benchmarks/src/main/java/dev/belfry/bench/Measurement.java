package dev.belfry.bench;

import java.io.IOException;

/** Something that is measured, with all its contestants, in one go. */
interface Measurement {
    /** The name by which it is chosen on the command line. */
    String name();

    Section measure(Effort effort) throws IOException;
}
