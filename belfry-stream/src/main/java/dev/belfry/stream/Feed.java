package dev.belfry.stream;

import dev.belfry.EventFilter;
import dev.belfry.Position;
import org.jspecify.annotations.Nullable;

/** What a subscriber may ask of its group. */
interface Feed {
    /**
     * What makes a group.
     *
     * @param filter which events it gets
     * @param format how they stand on the wire
     * @param apart makes it differ from its equals; null where equals share a group
     */
    record Key(
            EventFilter filter,
            StreamFormat format,
            @Nullable Object apart) {}

    Key key();

    /** The shard that the group belongs to. */
    SubscriberContext context();

    /** The newest event that the group has been given. */
    Position dispatched();

    /** Makes the subscriber LIVE: it gets what the group gets from now on. */
    void addLive(Subscriber subscriber);

    /** Ends that the subscriber is LIVE. */
    void removeLive(Subscriber subscriber);

    /** Up to where a LIVE subscriber has been given everything. */
    Position given(Subscriber subscriber);

    /** Its replays. By the subscriber that asks for one. */
    ReplayFlow replays(Subscriber subscriber);
}
