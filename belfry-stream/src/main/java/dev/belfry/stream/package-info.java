/**
 * The live side on Netty channels. A {@code Shard} for each event loop knows its groups, a group the subscribers that see the same
 * bytes, a subscriber its {@code ChannelWriter} and two interfaces of what it may ask. It is LIVE, or BEHIND and reads the log in
 * chunks that a crowd shares. Knows no Spring and no HTTP requests.
 */
@NullMarked
package dev.belfry.stream;

import org.jspecify.annotations.NullMarked;
