package dev.belfry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one of many users of an HTTP/2 connection, as behind a proxy, can do to the others, and how streams are reset. */
class Http2LimitsIT {
    private static final int MAX_RESETS = 500;
    private static final String[] SSE = {"accept", "text/event-stream"};

    private static BelfryProcess belfry;

    @BeforeAll
    static void start(@TempDir Path directory) {
        belfry = BelfryProcess.start(directory, "--belfry.http2.max-resets=" + MAX_RESETS);
    }

    @AfterAll
    static void stop() {
        belfry.close();
    }

    private static void cancelStreams(RawHttp2 connection, int from, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int stream = from + 2 * i;
            connection.send(new Http2Frames().get(stream, SSE).reset(stream));
        }
    }

    @Test
    void threeHundredCancellationsLeaveTheOthersOnTheConnectionAlone() throws IOException {
        try (RawHttp2 connection = new RawHttp2(belfry.port())) {
            connection.send(new Http2Frames().get(1, SSE)).awaitData(1, "retry: ");
            cancelStreams(connection, 3, 300);

            String id = Http.publishNumbers(belfry, "x", 0, 1).get(0);

            connection.awaitData(1, "id: " + id);
            assertThat(connection.frames()).noneMatch(frame -> frame.type() == Http2Frames.GOAWAY);
        }
    }

    @Test
    void aFloodOfResetsEndsTheConnection() throws IOException {
        try (RawHttp2 connection = new RawHttp2(belfry.port())) {
            cancelStreams(connection, 1, MAX_RESETS + 1);

            RawHttp2.Frame end = connection.await(frame -> frame.type() == Http2Frames.GOAWAY);

            assertThat(end.errorCode()).isEqualTo(Http2Frames.ENHANCE_YOUR_CALM);
        }
    }

    @Test
    void aRequestWithoutAMethodIsReset() throws IOException {
        for (int endStream : new int[] {0, Http2Frames.END_STREAM}) {
            try (RawHttp2 connection = new RawHttp2(belfry.port())) {
                byte[] head = Http2Frames.fields(":scheme", "http", ":authority", "localhost", ":path", "/");
                connection.send(new Http2Frames()
                        .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS | endStream, 1, head)
                        .get(3, SSE));

                RawHttp2.Frame reset = connection.await(frame -> frame.is(Http2Frames.RST_STREAM, 1));

                assertThat(reset.errorCode()).isEqualTo(Http2Frames.PROTOCOL_ERROR);
                connection.awaitData(3, "retry: ");
            }
        }
    }

    @Test
    void aUrlOrAHostThatIsNoneIsRefusedInWords() throws IOException {
        try (RawHttp2 connection = new RawHttp2(belfry.port())) {
            byte[] url = Http2Frames.fields(
                    ":method", "POST", ":scheme", "http", ":authority", "localhost", ":path", "/%zz");
            byte[] host = Http2Frames.fields(
                    ":method", "GET", ":scheme", "http", ":authority", "localhost:99999", ":path", "/");
            connection.send(new Http2Frames()
                    .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS, 1, url)
                    .frame(Http2Frames.HEADERS, Http2Frames.END_HEADERS | Http2Frames.END_STREAM, 3, host));

            connection.awaitData(1, "invalid-url");
            connection.awaitData(3, "invalid-host");
            RawHttp2.Frame reset = connection.await(frame -> frame.is(Http2Frames.RST_STREAM, 1));
            assertThat(reset.errorCode()).as("the body is not waited for").isEqualTo(Http2Frames.NO_ERROR);
        }
    }

    @Test
    void anAnswerThatDoesNotWaitForTheBodyEndsTheRequestWithoutAnError() throws IOException {
        try (RawHttp2 connection = new RawHttp2(belfry.port())) {
            connection.send(new Http2Frames().post(1, "content-length", "99999999"));

            RawHttp2.Frame reset = connection.await(frame -> frame.is(Http2Frames.RST_STREAM, 1));

            assertThat(reset.errorCode()).isEqualTo(Http2Frames.NO_ERROR);
            assertThat(connection.data(1)).contains("body-too-large");
        }
    }
}
