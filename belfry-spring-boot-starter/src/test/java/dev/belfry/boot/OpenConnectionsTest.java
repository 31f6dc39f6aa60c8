package dev.belfry.boot;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenConnectionsTest {
    private final OpenConnections connections = new OpenConnections();
    private final List<EmbeddedChannel> channels = new ArrayList<>();

    @AfterEach
    void close() {
        channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private EmbeddedChannel connect() {
        EmbeddedChannel channel =
                new EmbeddedChannel(new OpenConnection(connections), new HttpServerCodec(), new Http1Exchanges());
        channels.add(channel);
        return channel;
    }

    private static void request(EmbeddedChannel channel) {
        channel.writeInbound(Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: x\r\n\r\n", US_ASCII));
    }

    private static void answer(EmbeddedChannel channel, HttpResponseStatus status) {
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status));
    }

    private EmbeddedChannel kept(HttpResponseStatus status) {
        EmbeddedChannel channel = connect();
        request(channel);
        answer(channel, status);
        return channel;
    }

    private boolean closeOne() {
        boolean isOne = connections.closeLeastMissed();
        channels.forEach(EmbeddedChannel::runPendingTasks);
        return isOne;
    }

    @Test
    void theOldestThatHasSentNoRequestGoesFirstThenTheIdlestAndPublishersLast() {
        EmbeddedChannel publisher = kept(HttpResponseStatus.CREATED);
        EmbeddedChannel kept = kept(HttpResponseStatus.OK);
        EmbeddedChannel keptLater = kept(HttpResponseStatus.OK);
        EmbeddedChannel silent = connect();
        EmbeddedChannel silentLater = connect();
        for (EmbeddedChannel next : List.of(silent, silentLater, kept, keptLater, publisher)) {
            assertThat(next.isOpen()).isTrue();
            assertThat(closeOne()).isTrue();
            assertThat(next.isOpen()).isFalse();
        }
        assertThat(closeOne()).isFalse();
    }

    @Test
    void aRequestUnderWayIsNotBrokenOff() {
        EmbeddedChannel busy = connect();
        request(busy);
        assertThat(closeOne()).isFalse();
        EmbeddedChannel silent = connect();
        // it has sent its request by the time that its event loop is asked
        connections.closeLeastMissed();
        request(silent);
        channels.forEach(EmbeddedChannel::runPendingTasks);
        assertThat(List.of(busy, silent)).allMatch(EmbeddedChannel::isOpen);
    }

    @Test
    void whatHasBecomeAStreamIsNotOneOfThem() {
        EmbeddedChannel stream = kept(HttpResponseStatus.OK);
        stream.pipeline().remove(OpenConnection.class);
        assertThat(closeOne()).isFalse();
        assertThat(stream.isOpen()).isTrue();
    }
}
