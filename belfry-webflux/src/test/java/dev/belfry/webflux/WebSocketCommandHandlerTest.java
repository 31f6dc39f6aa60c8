package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.EventFilter;
import dev.belfry.EventLog;
import dev.belfry.Hub;
import dev.belfry.InMemoryEventLog;
import dev.belfry.LogSettings;
import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.Position;
import dev.belfry.Publication;
import dev.belfry.Receipt;
import dev.belfry.TopicPattern;
import dev.belfry.stream.Framing;
import dev.belfry.stream.StreamFormat;
import dev.belfry.stream.StreamOwner;
import dev.belfry.stream.StreamRegistry;
import dev.belfry.stream.StreamSettings;
import dev.belfry.stream.Subscriber;
import dev.belfry.testkit.ManualClock;
import dev.belfry.testkit.TapChannel;
import dev.belfry.testkit.Wire;
import dev.belfry.wire.EventEncoder;
import dev.belfry.wire.WireSettings;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Commands on a channel that can be shut; what they answer on a real one is in {@link WebSocketTest}. */
class WebSocketCommandHandlerTest {
    private final ManualClock clock = new ManualClock();
    private final EventLog log = new InMemoryEventLog(LogSettings.DEFAULT.withClock(clock));
    private final Hub hub = new Hub(log, 2);
    private final StreamRegistry streams = new StreamRegistry(hub, StreamSettings.DEFAULT);
    private final EventLoop loop = new DefaultEventLoop();
    private final TapChannel channel = new TapChannel(100, 200);
    private final Subscriber subscriber = open();

    @AfterEach
    void close() {
        channel.close().syncUninterruptibly();
        run(() -> {}); // what it leaves behind is cleared away
        hub.close();
        log.close();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private Subscriber open() {
        loop.register(channel).syncUninterruptibly();
        StreamOwner owner = StreamOwner.of(new Permissions(
                "me",
                Set.of(TopicPattern.ALL),
                Set.of(TopicPattern.ALL),
                clock.instant().plusSeconds(60)));
        return call(() -> {
            WebSocketCommandHandler commands = new WebSocketCommandHandler(
                    hub,
                    WireSettings.DEFAULT,
                    new Session(hub.clock(), owner, new TestTokens(clock)),
                    new BodyBudget(streams.budget()),
                    RefusalListener.NONE);
            channel.pipeline().addLast(new WebSocket13FrameEncoder(false), commands);
            EventFilter filter = new EventFilter(Set.of(TopicPattern.of("a")), Set.of(TopicPattern.ALL));
            StreamFormat format = StreamFormat.of(EventEncoder.JSON, Framing.WEBSOCKET);
            Subscriber joined = streams.join(streams.reserve(filter, owner, null), channel, filter, format, log.head());
            commands.of(joined);
            joined.begin();
            return joined;
        });
    }

    /** Runs on the event loop, and waits. */
    private <T> T call(Callable<T> task) {
        try {
            return loop.submit(task).get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void run(Runnable task) {
        call(() -> {
            task.run();
            return null;
        });
    }

    private Receipt publish(String topic, String text) {
        return log.append(Publication.of(Notification.of(topic, text))).join();
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
        run(channel::shut);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Receipt receipt = publish("a", "x".repeat(150));
            run(() -> {});
            expected.add(receipt.first().toString());
        }
        int sent = call(() -> {
            int before = (int) subscriber.position().offset();
            channel.openSilently();
            command("{'op':'subscribe','topic':'b'}");
            return before;
        });
        expected.add(sent, "subscribed");
        Receipt b = publish("b", "1");
        expected.add(b.first().toString());
        await().untilAsserted(() -> assertThat(heard()).isEqualTo(expected));
    }

    @Test
    void nothingIsPublishedWhenTheTimeOfTheTokenIsOver() {
        Position before = log.head();
        run(() -> {
            clock.advance(Duration.ofSeconds(60));
            command("{'op':'publish','notification':{'topic':'a','data':1}}");
            command("{'op':'subscribe','topic':'b'}");
        });
        assertThat(Wire.messages(channel.taken()).texts())
                .hasSizeGreaterThanOrEqualTo(2)
                .first()
                .asString()
                .contains("\"code\":\"token-expired\"");
        await().until(() -> !channel.isOpen());
        assertThat(log.head()).isEqualTo(before);
    }

    @Test
    void nothingIsAnsweredBehindTheEnd() {
        run(() -> clock.advance(Duration.ofSeconds(60)));
        run(channel::shut);
        await().until(() -> call(subscriber::hasLeft));
        run(() -> {
            command("{'op':'ping'}");
            command("{'op':'auth','token':'me;a;2027-01-01T00:00:00Z'}");
            channel.open(Long.MAX_VALUE);
        });
        await().until(() -> !channel.isOpen());
        Wire.Messages messages = Wire.messages(channel.taken());
        assertThat(messages.texts()).hasSize(1);
        assertThat(messages.texts().get(0)).contains("belfry.end");
        assertThat(messages.closeCode()).isEqualTo(3000);
    }

    @Test
    void whatOnlyTheGrantsOfBeforeAllowedIsNotReadAnyMore() {
        run(channel::shut);
        run(() -> command("{'op':'subscribe','topic':'b'}"));
        List<String> mine = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            mine.add(publish("a", "x".repeat(150)).first().toString());
            publish("b", "secret");
        }
        run(() -> {});
        run(() -> command("{'op':'auth','token':'me;a;2027-01-01T00:00:00Z'}"));
        run(() -> channel.open(Long.MAX_VALUE));
        await().until(() -> heard().contains(mine.get(19)));
        List<String> heard = heard();
        List<String> behind = heard.subList(heard.indexOf("authorized") + 1, heard.size());
        assertThat(behind).hasSizeGreaterThan(10).isSubsetOf(mine);
        assertThat(heard).containsAll(mine).doesNotHaveDuplicates();
    }

    @Test
    void oneWhoTakesNoAnswersIsNotReadFrom() {
        run(() -> {
            channel.shut();
            for (int i = 0; i < 20; i++) {
                command("{'op':'ping'}");
            }
        });
        assertThat(channel.config().isAutoRead()).isFalse();
        run(() -> channel.open(Long.MAX_VALUE));
        assertThat(channel.config().isAutoRead()).isTrue();
        await().until(() -> heard().size() == 20);
    }
}
