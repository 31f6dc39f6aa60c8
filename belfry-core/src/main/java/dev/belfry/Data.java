package dev.belfry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.BelfryException.InvalidInput;
import java.util.Arrays;

/**
 * What a notification says: a text, or one JSON value that is not a string, kept as the UTF-8 bytes that came.
 *
 * <p>A transport that has a place for plain text (SSE) writes both as they are; one that writes JSON puts a text into
 * quotes and a JSON value as it is. A JSON value has no line ends between its tokens, so that it fits into one line.
 */
public final class Data {
    /** No characters at all. */
    public static final Data EMPTY = new Data(new byte[0], false);

    private final byte[] utf8;
    private final boolean json;

    private Data(byte[] utf8, boolean json) {
        this.utf8 = utf8;
        this.json = json;
    }

    /**
     * A text.
     *
     * @throws InvalidInput when it has an unpaired surrogate, for which UTF-8 has no bytes ({@code invalid-data})
     */
    public static Data text(String text) {
        if (Text.hasUnpairedSurrogate(text)) {
            throw new InvalidInput("invalid-data", "data has no unpaired surrogates");
        }
        return text.isEmpty() ? EMPTY : new Data(text.getBytes(UTF_8), false);
    }

    /**
     * Takes bytes that are known to be valid UTF-8 and keeps the array, which must not change any more.
     *
     * @param json whether they are a valid JSON value, neither a string nor with line ends
     */
    public static Data ofUtf8(byte[] utf8, boolean json) {
        return new Data(utf8, json);
    }

    /** Whether it is a JSON value; otherwise it is a text. */
    public boolean isJson() {
        return json;
    }

    /** The bytes themselves, not a copy: never to be written to. */
    @SuppressWarnings("EI_EXPOSE_REP")
    public byte[] utf8() {
        return utf8;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Data other && json == other.json && Arrays.equals(utf8, other.utf8);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(utf8);
    }

    /** The text, or the JSON. */
    @Override
    public String toString() {
        return new String(utf8, UTF_8);
    }
}
