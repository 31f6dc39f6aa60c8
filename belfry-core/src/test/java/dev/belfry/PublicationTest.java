package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublicationTest {
    @Test
    void longTopicsTakeRoomInTheQueueToo() {
        Publication brief = Publication.of(Notification.of("a", "x"));
        Publication lengthy = Publication.of(Notification.of("a".repeat(1024), "x"));

        assertThat(lengthy.sizeBytes() - brief.sizeBytes()).isEqualTo(2 * 1023);
    }
}
