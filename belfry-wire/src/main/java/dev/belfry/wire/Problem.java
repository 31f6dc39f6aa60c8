package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** An answer that says what was wrong: problem+json (RFC 9457), its {@code code} stable, its {@code detail} for a person. */
public final class Problem extends RuntimeException {
    /** What stands in {@code Content-Type}. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** After how long a client may try again. */
    public static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final long serialVersionUID = 1L;

    /** As RFC 9110, RFC 6585 and RFC 4918 have them. */
    private static final Map<Integer, String> TITLES = Map.ofEntries(
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(406, "Not Acceptable"),
            Map.entry(408, "Request Timeout"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(415, "Unsupported Media Type"),
            Map.entry(421, "Misdirected Request"),
            Map.entry(422, "Unprocessable Content"),
            Map.entry(426, "Upgrade Required"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(505, "HTTP Version Not Supported"),
            Map.entry(507, "Insufficient Storage"));

    private final int status;
    private final String code;
    private final @Nullable Duration retryAfter;

    /**
     * An answer with a status of its own.
     *
     * @param status of HTTP
     * @param code stable; lower-case words joined by hyphens
     * @param detail for a person; it may change, and never shows anything of the inside
     */
    public Problem(int status, String code, String detail) {
        this(status, code, detail, status == 503 ? RETRY_AFTER : null);
    }

    private Problem(int status, String code, String detail, @Nullable Duration retryAfter) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
    }

    /** A client that has done more than it may: 429. */
    public static Problem rateLimited(String what, Duration retryAfter) {
        Duration seconds = Duration.ofSeconds(retryAfter.plusNanos(999_999_999).toSeconds());
        return new Problem(429, "rate-limited", what + "; try again in " + seconds.toSeconds() + " s", seconds);
    }

    /** A request that breaks a rule: 400. */
    public static Problem badRequest(String code, String detail) {
        return new Problem(400, code, detail);
    }

    /** The server has no room for another stream: 503. */
    public static Problem noRoom() {
        return new Problem(503, "no-room", "the server has no room for another stream; try again");
    }

    /** The server has failed, as its log says: 500. */
    public static Problem internalError() {
        return new Problem(500, "internal-error", "the server failed; its log says how");
    }

    /** Says where, in bytes from the beginning; the parser's own words speak of its inside. */
    static Problem notJson(String what, JacksonException e) {
        long at = e.getLocation() == null ? -1 : e.getLocation().getByteOffset();
        return badRequest("invalid-json", what + " is not JSON" + (at < 0 ? "" : ", at byte " + at));
    }

    /** What a client is told of an error; null when it is not for a client to know. */
    public static @Nullable Problem of(Throwable error) {
        if (error instanceof Problem problem) {
            return problem;
        }
        return error instanceof BelfryException known
                ? new Problem(statusOf(known), known.code(), String.valueOf(known.getMessage()))
                : null;
    }

    private static int statusOf(BelfryException error) {
        if (error instanceof BelfryException.InvalidInput) {
            return 400;
        }
        if (error instanceof BelfryException.IdempotencyConflict) {
            return 422;
        }
        return error instanceof BelfryException.LogStorage storage && storage.outOfSpace() ? 507 : 503;
    }

    /** The status of HTTP. */
    public int status() {
        return status;
    }

    /** After how long the client may try again, in whole seconds; null when that makes no difference. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** What a client may test. */
    public String code() {
        return code;
    }

    /** The body of the answer, UTF-8. */
    public byte[] json() {
        ByteBuf out = Unpooled.buffer();
        JsonFormat.ascii("{\"type\":\"about:blank\",\"title\":\"" + TITLES.getOrDefault(status, "Error"), out);
        JsonFormat.ascii("\",\"status\":" + status + ",\"code\":", out);
        JsonFormat.writeString(code.getBytes(US_ASCII), out);
        JsonFormat.ascii(",\"detail\":", out);
        JsonFormat.writeString(String.valueOf(getMessage()).getBytes(UTF_8), out);
        out.writeByte('}');
        return ByteBufUtil.getBytes(out);
    }
}
