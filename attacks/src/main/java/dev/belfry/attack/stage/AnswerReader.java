package dev.belfry.attack.stage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;

/** Reads one answer of HTTP/1.1 as it comes, by its length or in chunks. */
final class AnswerReader {
    private static final String LENGTH = "\r\ncontent-length: ";
    private static final String CHUNKED = "\r\ntransfer-encoding: chunked";

    private enum State {
        HEAD,
        LENGTH,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        COMPLETE
    }

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private State state = State.HEAD;
    private int status;
    private long left;
    private boolean isLastChunk;

    /** Takes what belongs to the answer. */
    void take(ByteBuffer in) {
        while (in.hasRemaining() && state != State.COMPLETE) {
            switch (state) {
                case LENGTH, CHUNK -> takeBody(in);
                default -> takeOfLine(in.get());
            }
        }
    }

    private void takeBody(ByteBuffer in) {
        byte[] some = new byte[(int) Math.min(left, in.remaining())];
        in.get(some);
        body.writeBytes(some);
        left -= some.length;
        if (left == 0) {
            state = state == State.CHUNK ? State.CHUNK_END : State.COMPLETE;
        }
    }

    private void takeOfLine(byte next) {
        line.write(next);
        String text = next == '\n' ? line.toString(ISO_8859_1) : "";
        if (state == State.HEAD ? text.endsWith("\r\n\r\n") : text.endsWith("\r\n")) {
            line.reset();
            endLine(text);
        }
    }

    private void endLine(String text) {
        switch (state) {
            case HEAD -> endHead(text.toLowerCase(Locale.ROOT));
            case CHUNK_SIZE -> {
                left = Long.parseLong(text.strip(), 16);
                // the empty line behind the last chunk ends as one behind any chunk does
                state = left == 0 ? State.CHUNK_END : State.CHUNK;
                isLastChunk = left == 0;
            }
            default -> state = isLastChunk ? State.COMPLETE : State.CHUNK_SIZE;
        }
    }

    private void endHead(String head) {
        status = Integer.parseInt(head.substring(9, 12));
        int at = head.indexOf(LENGTH);
        if (at >= 0) {
            int from = at + LENGTH.length();
            left = Long.parseLong(head.substring(from, head.indexOf('\r', from)).strip());
            state = left == 0 ? State.COMPLETE : State.LENGTH;
        } else {
            state = head.contains(CHUNKED) ? State.CHUNK_SIZE : State.COMPLETE;
        }
    }

    boolean isComplete() {
        return state == State.COMPLETE;
    }

    /** Of an answer whose head has come; else 0. */
    int status() {
        return status;
    }

    /** What has come of the body since the last call; multi-byte characters are not cut by the endpoint's ASCII. */
    String takeText() {
        String text = body.toString(UTF_8);
        body.reset();
        return text;
    }
}
