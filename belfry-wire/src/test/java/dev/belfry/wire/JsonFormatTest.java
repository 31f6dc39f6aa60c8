package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Topic;
import dev.belfry.testkit.AwkwardPayloads;
import dev.belfry.testkit.RandomTexts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonFormatTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Instant TIME = Instant.parse("2026-11-22T09:06:40.405Z");

    private static String written(String name, Data data, String... topics) {
        List<Topic> all = List.of(topics).stream().map(Topic::new).toList();
        Event event = new Event(new Position(35, 12), TIME, new Notification(all, name, data, false, null));
        ByteBuf out = Unpooled.buffer();
        JsonFormat.writeEvent(event, out);
        return out.toString(UTF_8);
    }

    @Test
    void anEventIsOneObjectWithItsFieldsInOrder() {
        assertThat(written("shipped", Data.text("x"), "a"))
                .isEqualTo("{\"id\":\"z-12\",\"topic\":\"a\",\"event\":\"shipped\","
                        + "\"time\":\"2026-11-22T09:06:40.405Z\",\"data\":\"x\"}");
    }

    @Test
    void severalTopicsAreAllNamed() {
        JsonNode event = JSON.readTree(written("e", Data.EMPTY, "a\"\\", "b"));
        assertThat(event.get("topic").asString()).isEqualTo("a\"\\");
        assertThat(event.get("topics").valueStream().map(JsonNode::asString)).containsExactly("a\"\\", "b");
    }

    @ParameterizedTest
    @FieldSource("dev.belfry.testkit.AwkwardPayloads#ALL")
    void aForeignParserReadsWhatWasPosted(AwkwardPayloads.Payload payload) {
        String line = written("e", payload.data(), "t");
        assertThat(line).doesNotContain("\n", "\r");
        if (payload.isJson()) {
            assertThat(line).endsWith("\"data\":" + payload.value() + "}");
            JSON.readTree(line);
        } else {
            assertThat(JSON.readTree(line).get("data").asString()).isEqualTo(payload.value());
        }
    }

    @Test
    void everyTextComesBackWholeFromOneLine() {
        RandomTexts.many().forEach(text -> {
            String line = written("e", Data.text(text), "t");
            assertThat(line).doesNotContain("\n", "\r");
            assertThat(JSON.readTree(line).get("data").asString()).isEqualTo(text);
        });
    }

    @Test
    void namesAreEscapedToo() {
        assertThat(JSON.readTree(written("\"},{\\", Data.EMPTY, "t"))
                        .get("event")
                        .asString())
                .isEqualTo("\"},{\\");
    }
}
