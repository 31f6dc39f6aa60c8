package dev.belfry.stream;

import dev.belfry.Gap;

/**
 * Is told what happens to streams, for metrics. Called on the event loops, by several of them at once: a method returns quickly, does
 * not block and does not throw. All methods do nothing unless overridden.
 */
public interface StreamListener {
    /** Does nothing. */
    StreamListener NONE = new StreamListener() {};

    /** Why a stream has ended. */
    enum LeaveCause {
        /** The connection was closed, mostly by the client. */
        CLOSED,
        /** The client took nothing for too long. */
        STALLED,
        /** The server ended it when it shut down. */
        ENDED,
        /** Its token, or the time that a stream may be open, was over. */
        EXPIRED,
        /** It was ended by the administration or the application. */
        DISCONNECTED,
        /** Something failed in the server; the client may resume. */
        FAILED
    }

    /** A stream has begun. It is BEHIND until {@link #live} is called. */
    default void joined(StreamFormat format) {}

    /**
     * A stream has ended.
     *
     * @param wasLive whether it was LIVE, and not BEHIND
     */
    default void left(StreamFormat format, boolean wasLive, LeaveCause cause) {}

    /** A stream that was LIVE reads the log from now on: its client was too slow, or has changed its topics. */
    default void behind(StreamFormat format) {}

    /** A stream that was BEHIND has caught up. */
    default void live(StreamFormat format) {}

    /**
     * Events were written to LIVE streams. Called for a group of equal subscriptions and its part of a turn, which is up to some
     * hundred deliveries; not for each of them.
     *
     * @param events how many
     * @param streams to how many streams each was written
     */
    default void delivered(StreamFormat format, int events, int streams) {}

    /** Events of the log were written to a stream that is BEHIND; 0 when none of a chunk was for it. */
    default void replayed(StreamFormat format, int events) {}

    /** A stream was told of a gap. */
    default void gap(Gap.Reason reason) {}

    /** A client took nothing for too long; {@link #left} follows. */
    default void stalled(StreamFormat format) {}
}
