/** Contracts that every event log and every transport must pass, with fixtures and a manual clock. */
@NullMarked
package dev.belfry.testkit;

import org.jspecify.annotations.NullMarked;
