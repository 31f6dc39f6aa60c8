package dev.belfry.boot;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.Http2SettingsSpec;
import reactor.netty.http.server.HttpServer;

/** How many streams may be reset on an HTTP/2 connection, where Netty ends all of its streams with the 201st. */
final class Http2Resets {
    private static final int WINDOW_SECONDS = 30;

    private Http2Resets() {}

    /** Keeps what others have set. */
    static HttpServer limit(HttpServer server, int maxResets) {
        Http2SettingsSpec before = server.configuration().http2SettingsSpec();
        return server.http2Settings(after -> {
            after.maxDecodedRstFramesPerWindow(maxResets, WINDOW_SECONDS)
                    .maxEncodedRstFramesPerWindow(maxResets, WINDOW_SECONDS);
            if (before != null) {
                copy(before, after);
            }
        });
    }

    /** A server takes one set of settings, as a whole. */
    private static void copy(Http2SettingsSpec from, Http2SettingsSpec.Builder to) {
        set(from.connectProtocolEnabled(), to::connectProtocolEnabled);
        set(from.headerTableSize(), to::headerTableSize);
        set(from.initialWindowSize(), to::initialWindowSize);
        set(from.maxConcurrentStreams(), to::maxConcurrentStreams);
        set(from.maxFrameSize(), to::maxFrameSize);
        set(from.maxHeaderListSize(), to::maxHeaderListSize);
        set(from.maxStreams(), to::maxStreams);
        set(from.pingAckTimeout(), to::pingAckTimeout);
        set(from.pingAckDropThreshold(), to::pingAckDropThreshold);
        Integer decoded = from.maxDecodedRstFramesPerWindow();
        Integer decodedSeconds = from.maxDecodedRstFramesSecondsPerWindow();
        if (decoded != null && decodedSeconds != null) {
            to.maxDecodedRstFramesPerWindow(decoded, decodedSeconds);
        }
        Integer encoded = from.maxEncodedRstFramesPerWindow();
        Integer encodedSeconds = from.maxEncodedRstFramesSecondsPerWindow();
        if (encoded != null && encodedSeconds != null) {
            to.maxEncodedRstFramesPerWindow(encoded, encodedSeconds);
        }
    }

    private static <T> void set(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
