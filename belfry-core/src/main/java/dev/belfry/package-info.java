/**
 * The model and the rules of Belfry: notifications, topics, the log's contract, and the hub that follows the log.
 * Knows neither Spring nor Netty.
 */
@NullMarked
package dev.belfry;

import org.jspecify.annotations.NullMarked;
