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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class SseFormatTest {

    /** What an EventSource dispatches. */
    private record Dispatched(String id, String event, String data) {}

    private static Event event(Data data) {
        Notification notification = new Notification(List.of(new Topic("t")), "e v\u00E9nement", data, false, null);
        return new Event(new Position(35, 12), Instant.EPOCH, notification);
    }

    private static String written(Event event) {
        ByteBuf out = Unpooled.buffer();
        SseFormat.writeEvent(event, out);
        return out.toString(UTF_8);
    }

    /** Section 9.2.6 of the WHATWG HTML standard, step by step. */
    private static List<Dispatched> parse(String stream) {
        List<Dispatched> dispatched = new ArrayList<>();
        String id = "";
        String event = "";
        StringBuilder data = new StringBuilder();
        for (String line : stream.split("\r\n|\n|\r", -1)) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    dispatched.add(new Dispatched(
                            id, event.isEmpty() ? "message" : event, data.substring(0, data.length() - 1)));
                }
                event = "";
                data.setLength(0);
                continue;
            }
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "id" -> id = value.indexOf('\0') < 0 ? value : id;
                case "event" -> event = value;
                case "data" -> data.append(value).append('\n');
                default -> assertThat(field).as("field").isEmpty();
            }
        }
        return dispatched;
    }

    @Test
    void anEventIsNameAndDataAndIdAndAnEmptyLine() {
        assertThat(written(event(Data.text("a\nb"))))
                .isEqualTo("event: e v\u00E9nement\ndata: a\ndata: b\nid: z-12\n\n");
    }

    @Test
    void theNameThatAClientAssumesIsNotWritten() {
        Notification message = new Notification(List.of(new Topic("t")), "message", Data.text("a"), false, null);
        assertThat(written(new Event(new Position(35, 12), Instant.EPOCH, message)))
                .isEqualTo("data: a\nid: z-12\n\n");
    }

    /** Clients such as eventsource 2 note the id when they read its line, and go on from it when the connection breaks. */
    @Test
    void whereverACutFallsAClientThatHasSeenTheIdHasSeenTheData() {
        String whole = written(event(Data.text("a\nb")));
        for (int cut = 0; cut <= whole.length(); cut++) {
            String seen = whole.substring(0, cut);
            if (seen.contains("id: z-12\n")) {
                assertThat(seen).contains("data: a\ndata: b\n");
            }
        }
        assertThat(whole).contains("id: z-12\n");
    }

    @ParameterizedTest
    @FieldSource("dev.belfry.testkit.AwkwardPayloads#ALL")
    void aReaderSeesWhatWasPosted(AwkwardPayloads.Payload payload) {
        assertThat(parse(written(event(payload.data()))))
                .containsExactly(new Dispatched("z-12", "e v\u00E9nement", payload.asSse()));
    }

    @Test
    void noTextCanEndItsFieldOrBeginAnother() {
        RandomTexts.many()
                .forEach(text -> assertThat(parse(written(event(Data.text(text)))))
                        .containsExactly(new Dispatched(
                                "z-12",
                                "e v\u00E9nement",
                                text.replace("\r\n", "\n").replace('\r', '\n'))));
    }

    @Test
    void aCommentDispatchesNothing() {
        assertThat(parse(new String(SseFormat.COMMENT, UTF_8))).isEmpty();
        ByteBuf out = Unpooled.buffer();
        SseFormat.writeComment("a\r\ndata: b\rid: 1", out);
        assertThat(out.toString(UTF_8)).isEqualTo(": a\n: data: b\n: id: 1\n");
    }
}
