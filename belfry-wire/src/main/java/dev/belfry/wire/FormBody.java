package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The body of a {@code QUERY} (RFC 10008): parameters as in the query of a URL, for which a URL is too short. A wait for the log
 * must not begin with a million of them, so their number has a bound, whatever their names.
 */
public final class FormBody {
    /** What it is. */
    public static final String MEDIA_TYPE = "application/x-www-form-urlencoded";

    private final RequestHead head;
    private final RequestBody body;
    private final int maxParameters;

    /**
     * Checks what the head says of it.
     *
     * @throws Problem 400 without a type, 415 for another one, 413 when too much is announced
     */
    public FormBody(RequestHead head, WireSettings settings) {
        this.head = head;
        body = new RequestBody(head, settings.publish());
        maxParameters = 2 * settings.maxPatterns();
        checkType();
        body.checkLength();
    }

    private void checkType() {
        String type = head.header("Content-Type");
        if (type == null || type.isEmpty()) {
            throw Problem.badRequest("missing-content-type", "the body of a QUERY has a Content-Type: " + MEDIA_TYPE);
        }
        if (!isForm(type)) {
            throw new Problem(415, "unsupported-media-type", "supported type of a QUERY: " + MEDIA_TYPE);
        }
    }

    private static boolean isForm(String text) {
        try {
            MediaRange type = MediaRange.parse(text);
            Charset charset = type.charset();
            return type.is(MEDIA_TYPE) && isUtf8(charset);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isUtf8(@Nullable Charset charset) {
        return charset == null || charset.equals(UTF_8);
    }

    /** How much of it is read. */
    public RequestBody limits() {
        return body;
    }

    /**
     * The parameters as they were spelled, for {@link RequestHead#form()}.
     *
     * @throws Problem 400 when they are too many, or no UTF-8
     */
    public String text(byte[] bytes) {
        body.checkPresent(bytes);
        int parameters = 1;
        for (byte b : bytes) {
            parameters += b == '&' ? 1 : 0;
        }
        if (parameters > maxParameters) {
            throw Problem.badRequest("too-many-topics", "a body has at most " + maxParameters + " parameters");
        }
        return NotificationReader.checkUtf8(bytes, UTF_8);
    }
}
