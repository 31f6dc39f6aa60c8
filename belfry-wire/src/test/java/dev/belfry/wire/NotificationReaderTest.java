package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Data;
import dev.belfry.Notification;
import dev.belfry.Topic;
import dev.belfry.testkit.AwkwardPayloads;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class NotificationReaderTest {
    private static List<Notification> read(byte[] body, @Nullable String topicOfUrl) {
        return NotificationReader.read(body, topicOfUrl == null ? null : new Topic(topicOfUrl), 3, false);
    }

    private static List<Notification> read(String body) {
        return read(body.getBytes(UTF_8), null);
    }

    private static Notification readOne(String body) {
        assertThat(read(body)).hasSize(1);
        return read(body).get(0);
    }

    private static List<Notification> readLines(String body) {
        return NotificationReader.read(body.getBytes(UTF_8), null, 3, true);
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call).satisfies(e -> {
            Problem problem = Problem.of(e);
            assertThat(problem.status()).isEqualTo(400);
            assertThat(problem.code()).isEqualTo(code);
            assertThat(problem.getMessage()).doesNotContain("\n", "\r");
        });
    }

    // ---- what is read

    @Test
    void everyFieldIsRead() {
        Notification read =
                readOne("{\"topic\":[\"a\",\"b/c\"],\"event\":\"e\",\"data\":{\"x\":1},\"ttl\":60,\"public\":true}");
        assertThat(read.topics()).containsExactly(new Topic("a"), new Topic("b/c"));
        assertThat(read.event()).isEqualTo("e");
        assertThat(read.data()).isEqualTo(Data.ofUtf8("{\"x\":1}".getBytes(UTF_8), true));
        assertThat(read.ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(read.isPublic()).isTrue();
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        Notification read = readOne("{\"data\":\"x\"}");
        assertThat(read.topics()).containsExactly(Topic.DEFAULT);
        assertThat(read.event()).isEqualTo(Notification.DEFAULT_EVENT);
        assertThat(read.ttl()).isNull();
        assertThat(read.isPublic()).isFalse();
    }

    @Test
    void typeAndMessageAreTheLineOfTheTutorial() {
        assertThat(readOne("{\"type\":\"INFO\",\"message\":\"Deploy finished\"}")
                        .data())
                .isEqualTo(Data.text("INFO: Deploy finished"));
        assertThat(readOne("{\"message\":\"Deploy\\nfinished\"}").data()).isEqualTo(Data.text("Deploy\nfinished"));
    }

    @ParameterizedTest
    @FieldSource("dev.belfry.testkit.AwkwardPayloads#ALL")
    void dataIsKeptAsItWasSpelled(AwkwardPayloads.Payload payload) {
        String value = payload.isJson() ? payload.value() : new JsonMapper().writeValueAsString(payload.value());
        assertThat(readOne("{\"data\":" + value + "}").data()).isEqualTo(payload.data());
        assertThat(read("[ {\"event\":\"\u00E9\uD83D\uDD14\", \"data\" :" + value + " } ,{\"data\":1}]")
                        .get(0)
                        .data())
                .isEqualTo(payload.data());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1.0",
                "1E400",
                "1.10",
                "-1e-7",
                "123456789012345678901234567890",
                "0.1000000000000000055",
                "[1.0,-0,1E400]"
            })
    void numbersKeepTheirSpelling(String number) {
        assertThat(readOne("{\"data\":" + number + "}").data().toString()).isEqualTo(number);
    }

    @Test
    void lineEndsBetweenTokensBecomeSpacesAndThoseInStringsStay() {
        assertThat(readOne("{\"data\":{\r\n\"a\":\n[1,\r2],\"b\":\"x\\r\\ny\"\n}\n}")
                        .data()
                        .toString())
                .isEqualTo("{  \"a\": [1, 2],\"b\":\"x\\r\\ny\" }");
    }

    @Test
    void aByteOrderMarkInFrontIsIgnored() {
        assertThat(readOne("\uFEFF{\"data\":[1]}").data().toString()).isEqualTo("[1]");
    }

    @Test
    void anArrayIsABatchUpToItsBound() {
        assertThat(read("[]")).isEmpty();
        assertThat(read("[{\"data\":1},{\"data\":2},{\"data\":3}]")).hasSize(3);
        assertRefused("batch-too-large", () -> read("[{\"data\":1},{\"data\":2},{\"data\":3},{\"data\":4}]"));
        assertRefused("batch-too-large", () -> readLines("{\"data\":1}\n".repeat(4)));
    }

    @Test
    void linesAreABatch() {
        assertThat(readLines("{\"data\":1}\n\n{\"data\":[2]}\r\n{\"data\":\"3\"}"))
                .extracting(n -> n.data().toString())
                .containsExactly("1", "[2]", "3");
        assertThat(readLines("\n\n")).isEmpty();
        assertRefused("invalid-notification", () -> readLines("{\"data\":1}\n1"));
        assertRefused("invalid-notification", () -> readLines("[{\"data\":1}]"));
        assertRefused("invalid-json", () -> readLines("{\"data\":1}\n{\"data\":"));
    }

    @Test
    void theTopicOfTheUrlStandsForEachUnlessItSaysAnother() {
        assertThat(read("{\"data\":1}".getBytes(UTF_8), "u").get(0).topics()).containsExactly(new Topic("u"));
        assertThat(read("{\"topic\":\"u\",\"data\":1}".getBytes(UTF_8), "u")).hasSize(1);
        assertRefused("invalid-topic", () -> read("{\"topic\":\"v\",\"data\":1}".getBytes(UTF_8), "u"));
        assertRefused("invalid-topic", () -> read("{\"topic\":[\"u\",\"v\"],\"data\":1}".getBytes(UTF_8), "u"));
    }

    // ---- ttl

    @ParameterizedTest
    @CsvSource({
        "60, 60000",
        "\"60\", 60000",
        "\"PT1H\", 3600000",
        "\"PT0.001S\", 1",
        "\"P1DT1S\", 86401000",
        "315360000, 315360000000"
    })
    void aTtlIsSecondsOrADuration(String ttl, long millis) {
        assertThat(readOne("{\"data\":1,\"ttl\":" + ttl + "}").ttl()).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "1.5",
                "1e3",
                "\"\"",
                "\"x\"",
                "\"1h\"",
                "\"P\"",
                "\"PT-1S\"",
                "\"PT0.0001S\"",
                "null",
                "true",
                "[]",
                "315360001",
                "9223372036854775807",
                "99999999999999999999",
                "\"PT99999999999999999H\"",
                "\"-PT1S\"",
                "\" 60\""
            })
    void everyOtherTtlIsRefused(String ttl) {
        assertRefused("invalid-ttl", () -> read("{\"data\":1,\"ttl\":" + ttl + "}"));
    }

    // ---- what is refused

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"data\":1,\"topics\":\"a\"}            | unknown-field",
                "{\"data\":1,\"Data\":1}                  | unknown-field",
                "{\"data\":1,\"id\":\"1-1\"}              | unknown-field",
                "{\"data\":1,\"retry\":1}                 | unknown-field",
                "{\"data\":1,\"data\":1}                  | duplicate-field",
                "{\"topic\":\"a\",\"data\":1,\"topic\":\"b\"} | duplicate-field",
                "{\"data\":1,\"\\u0064ata\":1}            | duplicate-field",
                "{}                                       | missing-data",
                "{\"type\":\"INFO\"}                      | missing-data",
                "{\"data\":1,\"message\":\"x\"}           | invalid-data",
                "{\"data\":null,\"type\":\"x\"}           | invalid-data",
                "{\"message\":1}                          | invalid-message",
                "{\"message\":\"x\",\"type\":null}        | invalid-type",
                "{\"data\":1,\"public\":\"true\"}         | invalid-public",
                "{\"data\":1,\"public\":1}                | invalid-public",
                "{\"data\":1,\"event\":1}                 | invalid-event",
                "{\"data\":1,\"event\":\"\"}              | invalid-event",
                "{\"data\":1,\"topic\":[]}                | invalid-topic",
                "{\"data\":1,\"topic\":[[\"a\"]]}         | invalid-topic",
                "{\"data\":1,\"topic\":null}              | invalid-topic",
                "{\"data\":1,\"topic\":\"a/*\"}           | invalid-topic",
                "{\"data\":1,\"topic\":\"**\"}            | invalid-topic",
                "{\"data\":\"\\ud800\"}                   | invalid-data",
                "{\"message\":\"\\udc00x\"}               | invalid-data",
                "1                                        | invalid-notification",
                "\"x\"                                    | invalid-notification",
                "null                                     | invalid-notification",
                "[[]]                                     | invalid-notification",
                "[{\"data\":1},2]                         | invalid-notification",
                "{\"data\":1}{\"data\":2}                 | invalid-json",
                "{\"data\":1}]                            | invalid-json",
                "{\"data\":1} x                           | invalid-json",
                "{\"data\":1,}                            | invalid-json",
                "{data:1}                                 | invalid-json",
                "{'data':1}                               | invalid-json",
                "{\"data\":01}                            | invalid-json",
                "{\"data\":+1}                            | invalid-json",
                "{\"data\":NaN}                           | invalid-json",
                "{\"data\":[1,]}                          | invalid-json",
                "{\"data\":1 /* x */}                     | invalid-json",
                "{\"data\":{\"a\"}                        | invalid-json",
                "{\"data\":\"\\x\"}                       | invalid-json",
                "{\"data\":\"x                            | invalid-json",
                "{                                        | invalid-json",
                "[{\"data\":1}                            | invalid-json",
            })
    void whatIsNotANotificationIsRefused(String body, String code) {
        assertRefused(code, () -> read(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\\u0000", "\\u0001", "\\n", "\\r", "\\t", "\\u001f", "\\u007f", "\\u0085", "\\u2028", "\\u2029",
                "\\ufeff", "\\ud800"
            })
    void aNameWithWhatWouldEndALineIsRefused(String character) {
        assertRefused("invalid-event", () -> read("{\"data\":1,\"event\":\"a" + character + "b\"}"));
        assertRefused("invalid-topic", () -> read("{\"data\":1,\"topic\":\"a" + character + "b\"}"));
    }

    @Test
    void aRawControlCharacterIsNoJson() {
        for (char c = 0; c < ' '; c++) {
            String body = "{\"data\":\"a" + c + "b\"}";
            assertRefused("invalid-json", () -> read(body));
        }
    }

    @Test
    void depthAndNumbersHaveABound() {
        assertThat(readOne("{\"data\":" + "[".repeat(255) + "]".repeat(255) + "}")
                        .data()
                        .isJson())
                .isTrue();
        assertRefused("invalid-json", () -> read("{\"data\":" + "[".repeat(256) + "]".repeat(256) + "}"));
        assertRefused("invalid-json", () -> read("{\"data\":" + "[".repeat(100_000)));
        assertThat(readOne("{\"data\":" + "1".repeat(1000) + "}").data().utf8()).hasSize(1000);
        assertRefused("invalid-json", () -> read("{\"data\":" + "1".repeat(1001) + "}"));
        assertRefused("invalid-json", () -> read("{\"data\":[" + "1".repeat(1001) + "]}"));
    }

    @Test
    void onlyUtf8IsRead() {
        for (Charset charset : List.of(UTF_16, UTF_16BE, UTF_16LE, Charset.forName("UTF-32"))) {
            assertThatThrownBy(() -> read("{\"data\":1}".getBytes(charset), null))
                    .satisfies(e -> assertThat(Problem.of(e).code()).isIn("invalid-json", "invalid-charset"));
        }
        assertRefused("invalid-json", () -> read(new byte[] {'1', 0}, null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C0 AF", "ED A0 80", "F4 90 80 80", "FF", "80", "C3", "F0 9F 94"})
    void bytesThatAreNotUtf8AreRefused(String hex) {
        String latin = "{\"data\":[\"" + latin1(hex) + "\"]}";
        assertRefused("invalid-charset", () -> read(latin.getBytes(ISO_8859_1), null));
    }

    private static String latin1(String hex) {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
        return new String(bytes, ISO_8859_1);
    }

    @Test
    void nothingAtAllIsNoNotification() {
        assertRefused("invalid-notification", () -> read(""));
        assertRefused("invalid-notification", () -> read(" \n"));
    }
}
