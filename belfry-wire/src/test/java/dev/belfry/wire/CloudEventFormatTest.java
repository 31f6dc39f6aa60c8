package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Data;
import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import dev.belfry.Topic;
import dev.belfry.testkit.AwkwardPayloads;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Events as CloudEvents, and back. */
class CloudEventFormatTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Position ID = new Position(36, 7);
    private static final Instant TIME = Instant.parse("2026-11-22T10:00:00Z");
    private static final String SOURCE = "https://example.com/n?\"";

    private static String write(Notification notification) {
        ByteBuf out = Unpooled.buffer();
        CloudEventEncoder.of(SOURCE, "\n").encode(new Event(ID, TIME, notification), out);
        String line = out.toString(UTF_8);
        assertThat(line).endsWith("}\n").doesNotContain("\r").containsOnlyOnce("\n");
        return line;
    }

    private static JsonNode tree(Notification notification) {
        return MAPPER.readTree(write(notification));
    }

    private static Notification read(String body) {
        return new PublishRequest(
                        new TestHead("", "Content-Type", "application/cloudevents+json"), WireSettings.DEFAULT)
                .toPublication(body.getBytes(UTF_8))
                .notifications()
                .get(0);
    }

    @Test
    void anEventThatWasNoneGetsThePositionAsItsIdAndTheServerAsItsSource() {
        Notification notification = new Notification(
                List.of(new Topic("a\"b"), new Topic("c")), "kind", Data.text("x"), false, null, "my \"id\"");
        assertThat(tree(notification)).isEqualTo(MAPPER.readTree("""
                        {"specversion":"1.0","type":"kind","id":"10-7","source":"https://example.com/n?\\"",
                        "subject":"a\\"b","time":"2026-11-22T10:00:00Z","datacontenttype":"text/plain","belfryid":"10-7",
                        "belfryalias":"my \\"id\\"","belfrytopics":"[\\"a\\\\\\"b\\",\\"c\\"]","data":"x"}"""));
        assertThat(tree(Notification.of("a", "x")).propertyNames()).doesNotContain("belfryalias", "belfrytopics");
        Notification json = new Notification(
                List.of(new Topic("a")), "kind", Data.ofUtf8("[1.0]".getBytes(UTF_8), true), false, null);
        assertThat(tree(json).get("datacontenttype").asString()).isEqualTo("application/json");
        assertThat(write(json)).contains("\"data\":[1.0]}");
    }

    @Test
    void oneThatWasACloudEventIsItAgainWithThePositionBesideIt() {
        String sent = """
                {"specversion":"1.0","id":"1","source":"/s","type":"t","subject":"orders/1",
                "time":"2026-01-01T00:00:00.123456789+01:00","traceparent":"00-a","n":-7,"b":true,"dataschema":"/x",
                "datacontenttype":"application/json","data":{"a":1.50}}""";
        Map<String, JsonNode> got = members(MAPPER.readTree(write(read(sent))));
        assertThat(got.remove("belfryid").asString()).isEqualTo(ID.toString());
        assertThat(got).isEqualTo(members(MAPPER.readTree(sent)));
    }

    private static Map<String, JsonNode> members(JsonNode object) {
        Map<String, JsonNode> members = new TreeMap<>();
        object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
        return members;
    }

    /** Whatever the data: what is read again is the same notification. */
    @Test
    void whatWasWrittenIsReadAgainAsTheSame() {
        for (AwkwardPayloads.Payload payload : AwkwardPayloads.ALL) {
            Notification notification =
                    new Notification(List.of(new Topic("a")), "e", payload.data(), false, null, "x");
            Notification again = read(write(notification));
            if (!payload.data().toString().equals("null")) {
                assertThat(again.data()).as(payload.name()).isEqualTo(payload.data());
            }
            assertThat(again.topics()).isEqualTo(notification.topics());
            assertThat(again.event()).isEqualTo(notification.event());
            assertThat(again.alias()).isEqualTo(notification.alias());
            assertThat(again.attributes().toString())
                    .contains("\"id\":\"10-7\"")
                    .contains("\"source\":\"https://example.com/n?\\\"\"");
            assertThat(read(write(again))).isEqualTo(again);
        }
    }

    /** Random CloudEvents survive any number of hops; the seed is in the name of what fails. */
    @Test
    void everyCloudEventComesThroughUnchanged() {
        for (int seed = 0; seed < 2000; seed++) {
            Notification once = read(randomCloudEvent(new Random(seed)));
            Notification twice = read(write(once));
            assertThat(twice).as("seed %s", seed).isEqualTo(withoutWhatIsNotDelivered(once));
        }
    }

    /** Who may read it, and for how long, is not part of what is delivered; it gets a time when it had none. */
    private static Notification withoutWhatIsNotDelivered(Notification sent) {
        String attributes = sent.attributes().toString();
        String timed = attributes.contains("\"time\":") ? attributes : withTime(attributes);
        return new Notification(
                sent.topics(),
                sent.event(),
                sent.data(),
                false,
                null,
                sent.alias(),
                Data.ofUtf8(timed.getBytes(UTF_8), true));
    }

    private static String withTime(String attributes) {
        Map<String, JsonNode> members = members(MAPPER.readTree(attributes));
        members.put("time", MAPPER.valueToTree(TIME.toString()));
        return MAPPER.writeValueAsString(members);
    }

    private static String randomCloudEvent(Random random) {
        Map<String, Object> event = new TreeMap<>();
        event.put("specversion", "1.0");
        event.put("id", text(random));
        event.put("source", text(random));
        event.put("type", text(random));
        for (String name : List.of("subject", "dataschema", "datacontenttype", "belfrytopic", "ext", "belfryalias")) {
            if (random.nextInt(3) == 0) {
                event.put(name, text(random));
            }
        }
        if (random.nextBoolean()) {
            event.put("time", TIME.plus(Duration.ofNanos(random.nextInt())).toString());
        }
        event.put("number", random.nextInt());
        event.put("flag", random.nextBoolean());
        switch (random.nextInt(5)) {
            case 0 -> event.put("data", text(random));
            case 1 -> event.put("data", List.of(random.nextInt(), text(random)));
            case 2 -> event.put("data", random.nextBoolean());
            case 3 -> event.put("data_base64", random.nextBoolean() ? "AAEC" : "");
            default -> event.put("belfrypublic", true);
        }
        return MAPPER.writeValueAsString(event);
    }

    private static String text(Random random) {
        String alphabet = "ab/. \"\\{}[],:%&\u00E9\u20AC";
        StringBuilder text = new StringBuilder("x");
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.append(random.nextBoolean() ? "\uD83D\uDD14" : "").toString();
    }
}
