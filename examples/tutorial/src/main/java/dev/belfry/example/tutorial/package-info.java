/** A small application that uses the starter as a stranger would. */
@NullMarked
package dev.belfry.example.tutorial;

import org.jspecify.annotations.NullMarked;
