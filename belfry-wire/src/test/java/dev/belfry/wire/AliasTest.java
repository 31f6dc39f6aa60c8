package dev.belfry.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.BelfryException.InvalidInput;
import dev.belfry.Event;
import dev.belfry.Notification;
import dev.belfry.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A publisher's own id, from the request to the JSON that subscribers get. */
class AliasTest {
    private static List<Notification> read(String json) {
        return NotificationReader.read(json.getBytes(UTF_8), null, 10, false);
    }

    @Test
    void isReadAndShownBehindTheEventsName() {
        Notification notification =
                read("{\"alias\":\"urn:x\\\"1\",\"event\":\"e\",\"data\":1}").get(0);
        assertThat(notification.alias()).isEqualTo("urn:x\"1");

        ByteBuf out = Unpooled.buffer();
        JsonFormat.writeEvent(new Event(new Position(35, 1), Instant.EPOCH, notification), out);

        assertThat(out.toString(UTF_8)).contains("\"event\":\"e\",\"alias\":\"urn:x\\\"1\",\"time\":");
    }

    @Test
    void isNotShownWhenThereIsNone() {
        ByteBuf out = Unpooled.buffer();
        JsonFormat.writeEvent(new Event(new Position(35, 1), Instant.EPOCH, Notification.of("a", "x")), out);

        assertThat(out.toString(UTF_8)).doesNotContain("alias");
    }

    @Test
    void isAStringOf1To256Characters() {
        assertThat(read("{\"alias\":\"" + "x".repeat(256) + "\",\"data\":1}")).hasSize(1);
        for (String alias : List.of("\"\"", "\"" + "x".repeat(257) + "\"", "\"a\\nb\"")) {
            assertThatThrownBy(() -> read("{\"alias\":" + alias + ",\"data\":1}"))
                    .isInstanceOfSatisfying(
                            InvalidInput.class, e -> assertThat(e.code()).isEqualTo("invalid-alias"));
        }
        assertThatThrownBy(() -> read("{\"alias\":7,\"data\":1}"))
                .isInstanceOfSatisfying(Problem.class, e -> assertThat(e.code()).isEqualTo("invalid-alias"));
    }
}
