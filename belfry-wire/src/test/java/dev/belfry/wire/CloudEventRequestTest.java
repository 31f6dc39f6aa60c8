package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Data;
import dev.belfry.Notification;
import dev.belfry.Publication;
import dev.belfry.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Publications of CloudEvents. */
class CloudEventRequestTest {
    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCHED = "application/cloudevents-batch+json";
    private static final String REQUIRED = "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"";

    private static Publication publication(String rest, String type, byte[] body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        if (type != null) {
            all.addAll(List.of("Content-Type", type));
        }
        return new PublishRequest(new TestHead(rest, all), WireSettings.DEFAULT).toPublication(body);
    }

    private static Notification structured(String rest, String more) {
        String body = "{" + REQUIRED + (more.isEmpty() ? "" : "," + more) + "}";
        return publication(rest, STRUCTURED, body.getBytes(UTF_8))
                .notifications()
                .get(0);
    }

    private static Notification binary(String type, byte[] body, String... more) {
        List<String> headers =
                new ArrayList<>(List.of("ce-specversion", "1.0", "Ce-Id", "1", "ce-source", "/s", "CE-TYPE", "t"));
        headers.addAll(List.of(more));
        return publication("", type, body, headers.toArray(String[]::new))
                .notifications()
                .get(0);
    }

    private static String codeOf(Throwable e) {
        return Problem.of(e).code();
    }

    // ---- the structured mode

    @Test
    void itsTypeIsTheEventItsSubjectTheTopicAndTheRestIsKept() {
        Notification read = structured(
                "",
                "\"subject\":\"orders/1\",\"time\":\"2026-11-22T10:00:00.5+01:00\",\"traceparent\":\"00-a\",\"n\":-7,"
                        + "\"b\":false,\"gone\":null,\"datacontenttype\":\"application/json\",\"data\":{\"a\": [1.0]}");
        assertThat(read.event()).isEqualTo("t");
        assertThat(read.topics()).containsExactly(new Topic("orders/1"));
        assertThat(read.data()).isEqualTo(Data.ofUtf8("{\"a\": [1.0]}".getBytes(UTF_8), true));
        assertThat(read.attributes())
                .hasToString("{\"b\":false,\"datacontenttype\":\"application/json\",\"id\":\"1\",\"n\":-7,"
                        + "\"source\":\"/s\",\"time\":\"2026-11-22T10:00:00.5+01:00\",\"traceparent\":\"00-a\"}");
        assertThat(read.isPublic()).isFalse();
        assertThat(read.ttl()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | \"data\":1 | notifications | no",
                "'' | \"subject\":\"a\" | a | no",
                "'' | \"belfrytopic\":\"a\" | a | no",
                "'' | \"belfrytopic\":\"a\",\"subject\":\"b c\" | a | yes",
                "'' | \"belfrytopic\":\"a\",\"subject\":\"a\" | a | no",
                "/a | \"data\":1 | a | no",
                "?topic=a | \"subject\":\"*\" | a | yes",
                "/a | \"belfrytopic\":\"a\" | a | no",
            })
    void theTopicIsThatOfTheUrlOrItsOwnOrTheSubject(String rest, String more, String topic, String keepsSubject) {
        Notification read = structured(rest, more);
        assertThat(read.topics()).containsExactly(new Topic(topic));
        assertThat(read.attributes().toString().contains("\"subject\"")).isEqualTo(keepsSubject.equals("yes"));
    }

    @Test
    void belfrysOwnAttributesSayWhatANotificationSays() {
        Notification read = structured(
                "",
                "\"belfrytopics\":\"[\\\"a\\\",\\\"b\\\"]\",\"belfryttl\":60,\"belfrypublic\":true,"
                        + "\"belfryalias\":\"x\",\"belfryid\":\"abc-1\"");
        assertThat(read.topics()).containsExactly(new Topic("a"), new Topic("b"));
        assertThat(read.ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read.isPublic()).isTrue();
        assertThat(read.alias()).isEqualTo("x");
        assertThat(read.attributes()).hasToString("{\"id\":\"1\",\"source\":\"/s\"}");
    }

    @Test
    void dataIsTextOrJsonOrBase64OrNone() {
        assertThat(structured("", "\"data\":\"a\\nb\"").data()).isEqualTo(Data.text("a\nb"));
        assertThat(structured("", "\"data\":[1,\n2]").data()).hasToString("[1, 2]");
        assertThat(structured("", "\"data\":null").data()).hasToString("null");
        assertThat(structured("", "").data()).isEqualTo(Data.ofUtf8("null".getBytes(UTF_8), true));
        Notification base64 = structured("", "\"data_base64\":\"AAEC\"");
        assertThat(base64.data()).isEqualTo(Data.text("AAEC"));
        assertThat(base64.attributes()).hasToString("{\"data_base64\":true,\"id\":\"1\",\"source\":\"/s\"}");
    }

    @Test
    void aBatchIsOnePublication() {
        String body = "[{" + REQUIRED + ",\"data\":1},{" + REQUIRED.replace("\"1\"", "\"2\"") + ",\"data\":2}]";
        Publication read = publication("/a", BATCHED, body.getBytes(UTF_8));
        assertThat(read.notifications()).extracting(n -> n.data().toString()).containsExactly("1", "2");
        assertThat(read.key()).isNotNull();
    }

    // ---- the binary mode

    @Test
    void headersAreTheAttributesAndTheBodyIsTheData() {
        Notification read = binary(
                "application/vnd.x+json; charset=utf-8",
                "{\"a\": 1}".getBytes(UTF_8),
                "ce-subject",
                "Euro%20%E2%82%AC%20%F0%9F%98%80",
                "ce-quoted",
                "\"a \\\"b\\\" %25\"");
        assertThat(read.event()).isEqualTo("t");
        assertThat(read.topics()).containsExactly(new Topic("Euro \u20AC \uD83D\uDE00"));
        assertThat(read.data()).isEqualTo(Data.ofUtf8("{\"a\": 1}".getBytes(UTF_8), true));
        assertThat(read.attributes())
                .hasToString("{\"datacontenttype\":\"application/vnd.x+json; charset=utf-8\",\"id\":\"1\","
                        + "\"quoted\":\"a \\\"b\\\" %\",\"source\":\"/s\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/xml", "application/xml", "image/svg+xml", FormBody.MEDIA_TYPE})
    void aTextIsAText(String type) {
        assertThat(binary(type, "<a b=\"c\">%20".getBytes(UTF_8)).data()).isEqualTo(Data.text("<a b=\"c\">%20"));
        assertThat(binary(type + ";charset=iso-8859-1", "\u00E9".getBytes(ISO_8859_1))
                        .data())
                .isEqualTo(Data.text("\u00E9"));
    }

    @Test
    void everythingElseIsBase64() {
        Notification read = binary("image/png", new byte[] {0, (byte) 0xFF, 1});
        assertThat(read.data()).isEqualTo(Data.text("AP8B"));
        assertThat(read.attributes().toString()).contains("\"data_base64\":true");
        assertThat(binary("image/png", new byte[0]).data()).hasToString("null");
        assertThat(binary(null, "text".getBytes(UTF_8)).data()).isEqualTo(Data.text("text"));
    }

    // ---- the key

    private static String keyOf(String id, String source, String data) {
        String body = "{\"specversion\":\"1.0\",\"type\":\"t\",\"id\":\"%s\",\"source\":\"%s\",\"data\":%s}"
                .formatted(id, source, data);
        return publication("", STRUCTURED, body.getBytes(UTF_8)).key().name();
    }

    @Test
    void sourceAndIdAreTheKey() {
        assertThat(keyOf("1", "/s", "1")).isEqualTo(keyOf("1", "/s", "2")).hasSizeLessThan(128);
        assertThat(List.of(keyOf("1", "/s", "1"), keyOf("2", "/s", "1"), keyOf("1", "/t", "1"), keyOf("s1", "/", "1")))
                .doesNotHaveDuplicates();
        assertThat(publication("", STRUCTURED, ("{" + REQUIRED + "}").getBytes(UTF_8), "Idempotency-Key", "\"mine\"")
                        .key()
                        .name())
                .as("the publisher's own goes first")
                .isEqualTo("mine");
    }

    @Test
    void theSameEventIsTheSamePublicationInEveryModeAndAnotherIsNot() {
        String body = "{\n\"data\":\"x\",\"datacontenttype\":\"text/plain\"," + REQUIRED + "}";
        Publication structured = publication("", STRUCTURED, body.getBytes(UTF_8));
        Publication binary = publication(
                "",
                "text/plain",
                "x".getBytes(UTF_8),
                "ce-type",
                "t",
                "ce-source",
                "/s",
                "ce-id",
                "1",
                "ce-specversion",
                "1.0");
        assertThat(binary.notifications()).isEqualTo(structured.notifications());
        assertThat(binary.key().name()).isEqualTo(structured.key().name());
        assertThat(binary.key().hasFingerprint(structured.key().fingerprint())).isTrue();
        for (String other : List.of(
                body.replace("\"x\"", "\"y\""),
                body.replace("text/plain", "text/html"),
                body.replace("\"t\"", "\"u\""),
                body.replace("\"id\"", "\"subject\":\"s\",\"id\""),
                body.replace("\"x\"", "1"))) {
            assertThat(publication("", STRUCTURED, other.getBytes(UTF_8))
                            .key()
                            .hasFingerprint(structured.key().fingerprint()))
                    .as(other)
                    .isFalse();
        }
    }

    // ---- bad input

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | invalid-cloudevent",
                "x | invalid-json",
                "{ | invalid-json",
                "{} {} | invalid-json",
                "{R} {} | invalid-json",
                "[{R}] | invalid-cloudevent",
                "null | invalid-cloudevent",
                "{R,\"id\":\"2\"} | duplicate-field",
                "{R,\"data\":1,\"data\":1} | duplicate-field",
                "{R,\"data\":1,\"data_base64\":\"\"} | invalid-data",
                "{R,\"data_base64\":\"?\"} | invalid-data",
                "{R,\"data_base64\":1} | invalid-data",
                "{R,\"data\":\"\\ud800\"} | invalid-data",
                "{R,\"A\":\"x\"} | invalid-cloudevent",
                "{R,\"a_b\":\"x\"} | invalid-cloudevent",
                "{R,\"\":\"x\"} | invalid-cloudevent",
                "{R,\"a\":[]} | invalid-cloudevent",
                "{R,\"a\":{}} | invalid-cloudevent",
                "{R,\"a\":1.5} | invalid-cloudevent",
                "{R,\"a\":2147483648} | invalid-cloudevent",
                "{R,\"a\":\"\\u0000\"} | invalid-cloudevent",
                "{R,\"a\":\"\\r\"} | invalid-cloudevent",
                "{R,\"a\":\"\\udc00\"} | invalid-cloudevent",
                "{R,\"subject\":\"\"} | invalid-cloudevent",
                "{R,\"subject\":1} | invalid-cloudevent",
                "{R,\"subject\":\"a/*\"} | invalid-topic",
                "{R,\"subject\":\"$a\"} | reserved-topic",
                "{R,\"time\":\"yesterday\"} | invalid-cloudevent",
                "{R,\"time\":1} | invalid-cloudevent",
                "{R,\"belfrytopic\":\"a\",\"belfrytopics\":\"[]\"} | invalid-topic",
                "{R,\"belfrytopics\":\"a\"} | invalid-topic",
                "{R,\"belfrytopics\":\"[1]\"} | invalid-topic",
                "{R,\"belfrytopics\":\"[]\"} | invalid-topic",
                "{R,\"belfrytopics\":\"['a']\"} | invalid-topic",
                "{R,\"belfryttl\":0} | invalid-ttl",
                "{R,\"belfrypublic\":\"yes\"} | invalid-public",
                "{R,\"belfryalias\":\"\"} | invalid-cloudevent",
                "{R,\"belfryother\":\"x\"} | unknown-field",
                "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"} | invalid-cloudevent",
                "{\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"} | invalid-cloudevent",
                "{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\"} | invalid-cloudevent",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\"} | invalid-cloudevent",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\"} | invalid-cloudevent",
                "{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"t\"} | invalid-cloudevent",
                "{\"specversion\":\"1.0\",\"id\":1,\"source\":\"/s\",\"type\":\"t\"} | invalid-cloudevent",
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"belfry.gap\"} | reserved-event",
            })
    void aCloudEventThatBreaksARuleIsRefused(String body, String code) {
        byte[] utf8 = body.replace("{R", "{" + REQUIRED).getBytes(UTF_8);
        assertThatThrownBy(() -> publication("", STRUCTURED, utf8))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo(code));
    }

    @Test
    void typesAndAttributesHaveBounds() {
        assertThatThrownBy(() -> structured("", "\"a\":\"" + "x".repeat(16 << 10) + "\""))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("attributes-too-large"));
        String body = "{" + REQUIRED.replace("\"t\"", "\"" + "t".repeat(129) + "\"") + "}";
        assertThatThrownBy(() -> publication("", STRUCTURED, body.getBytes(UTF_8)))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("invalid-event"));
        assertThatThrownBy(() -> structured("/a", "\"belfrytopic\":\"b\""))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("invalid-topic"));
        assertThatThrownBy(() -> publication("", STRUCTURED, new byte[] {'"', (byte) 0xFF, '"'}))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("invalid-charset"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | empty-batch",
                "{R} | invalid-cloudevent",
                "[1] | invalid-cloudevent",
                "[{R},{R}] | invalid-cloudevent",
                "[{R}] 1 | invalid-json",
                "[{R},{\"id\":\"2\"}] | invalid-cloudevent",
            })
    void aBatchThatBreaksARuleIsRefusedAsAWhole(String body, String code) {
        byte[] utf8 = body.replace("{R", "{" + REQUIRED).getBytes(UTF_8);
        assertThatThrownBy(() -> publication("", BATCHED, utf8))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo(code));
    }

    @Test
    void aBatchHasABound() {
        StringBuilder body = new StringBuilder("[");
        for (int i = 0; i <= 1000; i++) {
            body.append(i == 0 ? "{" : ",{")
                    .append(REQUIRED.replace("\"1\"", "\"" + i + "\""))
                    .append('}');
        }
        byte[] utf8 = body.append(']').toString().getBytes(UTF_8);
        assertThatThrownBy(() -> publication("", BATCHED, utf8))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("batch-too-large"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ce-a | %zz | invalid-cloudevent",
                "ce-a | %FF | invalid-cloudevent",
                "ce-a | %0A | invalid-cloudevent",
                "ce-a | \u00E9 | invalid-cloudevent",
                "ce-a_b | x | invalid-cloudevent",
                "ce- | x | invalid-cloudevent",
                "ce-id | 2 | invalid-cloudevent",
                "ce-datacontenttype | text/html | duplicate-field",
                "ce-time | x | invalid-cloudevent",
                "ce-belfryother | x | unknown-field",
            })
    void aHeaderThatBreaksARuleIsRefused(String name, String value, String code) {
        assertThatThrownBy(() -> binary("text/plain", new byte[] {'x'}, name, value))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo(code));
    }

    @Test
    void oneOfTheHeadersIsNotEnough() {
        assertThatThrownBy(() -> publication("", "text/plain", new byte[] {'x'}, "ce-id", "1"))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("invalid-cloudevent"));
        assertThatThrownBy(() -> binary("application/json", "{".getBytes(UTF_8)))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("invalid-json"));
        assertThatThrownBy(() -> binary("application/json", " ".getBytes(UTF_8)))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("invalid-json"));
        assertThatThrownBy(() -> binary("text/plain", new byte[] {(byte) 0xFF}))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("invalid-charset"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/cloudevents+xml", "application/cloudevents", "application/cloudevents+avro"})
    void otherFormatsAreNotSupported(String type) {
        assertThatThrownBy(() -> publication("", type, "{}".getBytes(UTF_8)))
                .satisfies(e -> assertThat(codeOf(e)).isEqualTo("unsupported-media-type"));
    }
}
