package dev.belfry.stream;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The name of a subscriber while it is connected. It is no secret, and no other one has it as long as the server runs.
 *
 * @param shard of this run of the server
 * @param number in the shard, without a sign
 */
public record SubscriberId(String shard, int number) {
    private static final Pattern SPELLING = Pattern.compile("([0-9a-z]{1,16})-([0-9a-z]{1,7})");
    private static final int RADIX = 36;

    /** Reads one; null when it is none. */
    public static @Nullable SubscriberId parse(String text) {
        Matcher spelling = SPELLING.matcher(text);
        if (!spelling.matches()) {
            return null;
        }
        long number = Long.parseLong(spelling.group(2), RADIX);
        return number > 0xFFFF_FFFFL ? null : new SubscriberId(spelling.group(1), (int) number);
    }

    @Override
    public String toString() {
        return shard + "-" + Integer.toUnsignedString(number, RADIX);
    }
}
