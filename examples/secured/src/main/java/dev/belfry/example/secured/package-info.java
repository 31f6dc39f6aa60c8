/** An application whose own users get their own notifications. */
@NullMarked
package dev.belfry.example.secured;

import org.jspecify.annotations.NullMarked;
