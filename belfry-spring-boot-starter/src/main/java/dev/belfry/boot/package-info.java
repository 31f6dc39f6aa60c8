/** Auto-configuration and properties for Spring Boot. */
@NullMarked
package dev.belfry.boot;

import org.jspecify.annotations.NullMarked;
