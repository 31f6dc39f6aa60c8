package dev.belfry.wire;

import dev.belfry.Notification;
import dev.belfry.Topic;
import java.util.Locale;

/** Why the server ends a stream. The client is told in the stream, as its last event, which has no id. */
public enum EndReason {
    /** The time of the token, or of the permissions that the application gave, is over. */
    TOKEN_EXPIRED,
    /** It was open for as long as a stream may be. */
    MAX_LIFETIME,
    /** The administration ended it. */
    DISCONNECTED,
    /** Its owner may not read any more what it may have read. */
    PERMISSIONS_CHANGED,
    /** The server stops or restarts, or cannot read its log. There is no event for it. */
    SHUTDOWN;

    /** The name of the event. */
    public static final String EVENT = Notification.RESERVED_EVENT_PREFIX + "end";

    /** Its topic, where events have one. */
    public static final Topic TOPIC = new Topic("$belfry/end");

    private final String code = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** As it is spelled on the wire, e.g. {@code token-expired}. */
    public String code() {
        return code;
    }

    /** The data of the event. */
    String json() {
        return "{\"reason\":\"" + code + "\"}";
    }
}
