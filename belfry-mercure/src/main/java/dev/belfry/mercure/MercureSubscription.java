package dev.belfry.mercure;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One match of one subscriber, as the hub tells of it.
 *
 * @param subscriber the hub's name for the connection
 * @param payload what the subscriber's token says about it; null when it says nothing
 */
record MercureSubscription(
        MercureVersion version,
        Match match,
        String subscriber,
        @Nullable Object payload) {
    static final String PATH = MercureSettings.PATH + "/subscriptions";

    /** Its topic and its URL. */
    String id() {
        String type = version == MercureVersion.V1 ? '/' + match.type().word() : "";
        return PATH + type + '/' + encoded(match.value()) + '/' + encoded(subscriber);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** @param isActive whether it has begun, or has ended */
    Map<String, Object> toJson(boolean isActive) {
        Map<String, Object> json = new LinkedHashMap<>();
        boolean isV1 = version == MercureVersion.V1;
        if (!isV1) {
            json.put("@context", "https://mercure.rocks/");
        }
        json.put("id", id());
        json.put("type", isV1 ? "subscription" : "Subscription");
        if (isV1) {
            json.put("match_type", match.type().word());
        }
        json.put(isV1 ? "match" : "topic", match.value());
        json.put("subscriber", subscriber);
        json.put("active", isActive);
        if (payload != null) {
            json.put("payload", payload);
        }
        return json;
    }
}
