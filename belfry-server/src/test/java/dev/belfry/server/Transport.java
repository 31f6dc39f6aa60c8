package dev.belfry.server;

import java.net.URI;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/** The doors to the log, each with a client that is not ours. */
enum Transport {
    SSE {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return SseSource.of(uri, cursor, Protocol.HTTP_1_1);
        }
    },
    SSE_TO_CONNECTION_END {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return SseSource.toConnectionEnd(uri, cursor);
        }
    },
    SSE_H2C {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return SseSource.of(uri, cursor, Protocol.H2_PRIOR_KNOWLEDGE);
        }
    },
    /** On a server with TLS only. */
    SSE_TLS {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return SseSource.of(uri, cursor, Protocol.HTTP_2, Protocol.HTTP_1_1);
        }
    },
    NDJSON {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return NdjsonSource.of(uri, cursor);
        }
    },
    NDJSON_TO_CONNECTION_END {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return NdjsonSource.toConnectionEnd(uri, cursor);
        }
    },
    WEBSOCKET {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return new WebSocketSource(uri, cursor);
        }
    },
    POLLING {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return new PollSource(uri, cursor, 0);
        }
    },
    LONG_POLLING {
        @Override
        Feed.Source source(URI uri, @Nullable String cursor) {
            return new PollSource(uri, cursor, 10);
        }
    };

    /** A connection to a URI, which has a query, from a cursor, or from now on. */
    abstract Feed.Source source(URI uri, @Nullable String cursor);

    Feed open(URI uri, @Nullable String cursor) throws Exception {
        return Feed.of(source(uri, cursor));
    }

    boolean isSse() {
        return name().startsWith("SSE");
    }
}
