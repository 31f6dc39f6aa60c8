package dev.belfry.mercure;

import dev.belfry.Permissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who carries a token that was verified.
 *
 * @param permissions what it allows
 * @param claims all of them, as JSON reads: String, Number, Boolean, List, Map, null
 */
public record MercureBearer(Permissions permissions, Map<String, @Nullable Object> claims) {}
