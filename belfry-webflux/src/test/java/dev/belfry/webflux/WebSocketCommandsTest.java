package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.InMemoryEventLog;
import dev.belfry.Receipt;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands on a channel that can be shut; what they answer on a real one is in {@link WebSocketTest}. */
class WebSocketCommandsTest {
    private final TestShard test = new TestShard(new InMemoryEventLog());
    private final TapChannel channel = new TapChannel(100, 200);
    private final Subscriber subscriber = open();

    @AfterEach
    void close() {
        channel.close().syncUninterruptibly();
        test.close();
    }

    private Subscriber open() {
        test.loop.register(channel).syncUninterruptibly();
        return test.call(() -> {
            WebSocketCommands commands = new WebSocketCommands(test.hub, WireSettings.DEFAULT);
            ChannelPipeline pipeline = channel.pipeline();
            pipeline.addLast(new WebSocket13FrameEncoder(false), commands);
            Subscriber joined = test.shard.join(TestShard.filter("a"), WireFormat.WEBSOCKET, test.log.head());
            pipeline.addLast(joined);
            commands.of(joined);
            joined.begin();
            return joined;
        });
    }

    private void command(String json) {
        channel.pipeline().fireChannelRead(new TextWebSocketFrame(json.replace('\'', '"')));
    }

    private List<String> heard() {
        JsonMapper json = new JsonMapper();
        return Wire.messages(channel.taken()).texts().stream()
                .map(json::readTree)
                .map(message -> message.has("id") ? message.get("id") : message.get("op"))
                .map(JsonNode::asString)
                .toList();
    }

    @Test
    void anAnswerThatMakesRoomForOneWhoIsBehindRepeatsNothing() {
        test.run(channel::shut);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Receipt receipt = test.publish("a", "x".repeat(150));
            test.run(() -> {});
            expected.add(receipt.first().toString());
        }
        int sent = test.call(() -> {
            assertThat(subscriber.isLive()).isFalse();
            int before = (int) subscriber.position().offset();
            channel.openSilently();
            command("{'op':'subscribe','topic':'b'}");
            return before;
        });
        expected.add(sent, "subscribed");
        Receipt b = test.publish("b", "1");
        expected.add(b.first().toString());
        await().untilAsserted(() -> assertThat(heard()).isEqualTo(expected));
    }

    @Test
    void oneWhoTakesNoAnswersIsNotReadFrom() {
        test.run(() -> {
            channel.shut();
            for (int i = 0; i < 20; i++) {
                command("{'op':'ping'}");
            }
        });
        assertThat(channel.config().isAutoRead()).isFalse();
        test.run(() -> channel.open(Long.MAX_VALUE));
        assertThat(channel.config().isAutoRead()).isTrue();
        await().until(() -> heard().size() == 20);
    }
}
