/**
 * The live side on Netty channels: one shard for each event loop, groups of equal subscriptions, subscribers that are LIVE or
 * BEHIND, and the replay of the log for those who are BEHIND. Knows no Spring and no HTTP requests.
 */
@NullMarked
package dev.belfry.stream;

import org.jspecify.annotations.NullMarked;
