package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belfry.Chunk;
import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PollAnswerTest {
    private static final Position FIVE = new Position(36, 5);
    private static final Position SIX = new Position(36, 6);

    private static PollAnswer of(List<Event> events, Position next, boolean headReached) {
        return PollAnswer.of(new Chunk(events, next, headReached, null), Instant.EPOCH);
    }

    private static List<Event> one() {
        return List.of(new Event(FIVE, Instant.EPOCH, Notification.of("a", "x")));
    }

    private static String json(PollAnswer answer) {
        ByteBuf json = Unpooled.buffer();
        answer.writeTo(json);
        return json.toString(UTF_8);
    }

    @Test
    void saysWhereToGoOnAndWhetherThereIsMore() {
        assertThat(json(of(List.of(), FIVE, false))).isEqualTo("{\"events\":[],\"next\":\"10-5\",\"more\":true}\n");
        assertThat(json(of(one(), SIX, true))).endsWith("],\"next\":\"10-6\",\"more\":false}\n");
    }

    @Test
    void theSameEventsAreTheSameAnswerWhereverTheyLeadTo() {
        assertThat(of(one(), FIVE, true).etag()).isEqualTo(of(one(), SIX, false).etag());
        assertThat(of(List.of(), FIVE, true).etag())
                .isEqualTo(of(List.of(), SIX, true).etag())
                .isEqualTo("W/\"none\"");
    }

    /** With 304 a client keeps the cursor that it has, and would look at the same part of the log for ever. */
    @Test
    void anAnswerThatHasOnlyAPlaceToGoOnFromIsAnotherForEachPlace() {
        PollAnswer further = of(List.of(), SIX, false);

        assertThat(further.isMatchedBy(List.of("W/\"none\""))).isFalse();
        assertThat(further.isMatchedBy(List.of(of(List.of(), FIVE, false).etag())))
                .isFalse();
        assertThat(further.isMatchedBy(List.of(further.etag()))).isTrue();
    }
}
