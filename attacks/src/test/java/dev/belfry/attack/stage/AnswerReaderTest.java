package dev.belfry.attack.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class AnswerReaderTest {
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n";

    private final AnswerReader answer = new AnswerReader();

    private ByteBuffer give(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(Requests.bytes(text));
        answer.take(bytes);
        return bytes;
    }

    @Test
    void anAnswerEndsWhereItsLengthSays() {
        ByteBuffer bytes = give("HTTP/1.1 503 No\r\nContent-Length: 2\r\n\r\nabHTTP/1.1");

        assertThat(answer.isComplete()).isTrue();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.takeText()).isEqualTo("ab");
        assertThat(bytes.remaining()).isEqualTo("HTTP/1.1".length());
    }

    @Test
    void anAnswerWithoutABodyIsCompleteWithItsHead() {
        give("HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n");

        assertThat(answer.isComplete()).isTrue();
    }

    @Test
    void chunksArePutTogetherWhereverTheyAreCut() {
        for (int i = 0; i < CHUNKED.length(); i++) {
            assertThat(answer.isComplete()).isFalse();
            give(CHUNKED.substring(i, i + 1));
        }

        assertThat(answer.isComplete()).isTrue();
        assertThat(answer.takeText()).isEqualTo("hello!");
    }

    @Test
    void aStreamIsTakenPieceByPiece() {
        give("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n:\n\r\n");
        assertThat(answer.takeText()).isEqualTo(":\n");

        give("3\r\nabc\r\n");

        assertThat(answer.takeText()).isEqualTo("abc");
        assertThat(answer.isComplete()).isFalse();
    }
}
