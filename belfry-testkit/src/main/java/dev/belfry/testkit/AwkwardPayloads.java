package dev.belfry.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belfry.Data;
import java.util.List;

/** What people post sooner or later, and what a careless log or transport loses, doubles or breaks on. */
public final class AwkwardPayloads {
    private AwkwardPayloads() {}

    /**
     * One of them.
     *
     * @param name for the display of a parameterized test
     * @param value the text, or the JSON as it is posted
     * @param isJson whether it is a JSON value that is not a string
     */
    public record Payload(String name, String value, boolean isJson) {
        public Data data() {
            return isJson ? Data.ofUtf8(value.getBytes(UTF_8), true) : Data.text(value);
        }

        /** What an SSE client must see: CR and CRLF become LF, because the format cannot carry them. */
        public String asSse() {
            return value.replace("\r\n", "\n").replace('\r', '\n');
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static final List<Payload> ALL = List.of(
            text("empty", ""),
            text("one space", " "),
            text("leading space", " x"),
            text("leading spaces and tab", "  \t x"),
            text("trailing spaces", "x  "),
            text("only a newline", "\n"),
            text("only newlines", "\n\n\n"),
            text("blank lines inside", "a\n\n\nb"),
            text("leading newline", "\na"),
            text("trailing newline", "a\n"),
            text("trailing CR", "a\r"),
            text("CR", "a\rb"),
            text("CRLF", "a\r\nb"),
            text("LF CR", "a\n\rb"),
            text("CR, LF and CRLF mixed", "a\rb\nc\r\nd\r\r\ne\n\n\rf\r\n"),
            text("leading BOM", "\uFEFFx"),
            text("only a BOM", "\uFEFF"),
            text("inner BOM", "x\uFEFFy"),
            text("line and paragraph separators", "a\u2028b\u2029c\u0085d\u000Be\ff"),
            text("NUL", "a\0b"),
            text("control characters", "\u0001\u0002\u0007\b\u001B[31mred\u001B[0m\u007F\u0080\u009F"),
            text(
                    "emoji",
                    "\uD83D\uDD14 \uD83D\uDC69\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \uD83C\uDDEA\uD83C\uDDFA \u2764\uFE0F"),
            text("four-byte characters", "\uD800\uDC00\uD834\uDD1E\uDBFF\uDFFD"),
            text("two- and three-byte characters", "\u00E9\u00DF\u0416\u4E2D\u6587\u0E01\uFFFD\uFFFF"),
            text("combining marks", "e\u0301 a\u0308\u0304 \u0301"),
            text("right to left", "\u202Eabc\u202C \u05D0\u05D1 \u0627\u0644"),
            text("a data field", "data: x"),
            text("an id field", "id: 5"),
            text("a comment", ":comment"),
            text("an event field", "event: e"),
            text("a retry field", "retry: 1"),
            text("a whole forged event", "x\n\nid: 1-1\nevent: forged\ndata: y\n\n"),
            text("a forged event by CR", "x\r\rid: 1-1\revent: forged\rdata: y\r\r"),
            text("a chunk's end", "0\r\n\r\n"),
            text("end of a script", "</script><script>alert(1)</script>"),
            text("an HTML comment", "<!-- ]]> -->"),
            text("quotes and backslashes", "\"a\" 'b' \\ \\\\ \\n \\u0000 \\\""),
            text("ends with a backslash", "x\\"),
            text("looks like JSON", "{\"a\":1}"),
            text("looks like a JSON string", "\"a\""),
            text("the word null", "null"),
            text("percent signs and braces", "%s %d %n {} ${x} {0}"),
            text("1 MiB in one line", "0123456789abcdef".repeat(1 << 16)),
            text("many lines", "line\r\n".repeat(5_000)),
            json("JSON object", "{\"type\":\"INFO\",\"message\":\"Deploy finished\"}"),
            json("JSON object with spaces", "{ \"a\" : [ 1 , 2 ] }"),
            json("JSON object with a name twice", "{\"a\":1,\"a\":2}"),
            json("empty JSON object", "{}"),
            json("JSON array", "[1,\"two\",[3],{\"four\":4},null]"),
            json("empty JSON array", "[]"),
            json("JSON number with exponent", "1.0E+2"),
            json("JSON minus zero", "-0"),
            json("JSON number beyond a double", "12345678901234567890.10"),
            json("JSON true", "true"),
            json("JSON false", "false"),
            json("JSON null", "null"),
            json("JSON with unicode escapes", "{\"\\u0061\":\"\\u0000\\u2028\\ud83d\\udd14\\n\\r\\/\"}"),
            json("JSON with raw separators", "{\"a\":\"\u2028\u2029\uD83D\uDD14\"}"),
            json("JSON that looks like a field", "{\"data: x\":\"id: 5\"}"),
            json("JSON 100 deep", "[".repeat(100) + "]".repeat(100)));

    private static Payload text(String name, String text) {
        return new Payload(name, text, false);
    }

    private static Payload json(String name, String json) {
        return new Payload(name, json, true);
    }
}
