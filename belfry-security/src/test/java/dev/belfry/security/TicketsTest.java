package dev.belfry.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belfry.Notification;
import dev.belfry.Permissions;
import dev.belfry.TopicPattern;
import dev.belfry.TopicSelector;
import dev.belfry.testkit.ManualClock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final Duration TTL = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private final Tickets tickets = new Tickets(clock);

    private static Set<TopicSelector> patterns(String... names) {
        return Arrays.stream(names).map(TopicPattern::of).collect(Collectors.toSet());
    }

    private static Permissions caller(String subject, String... grants) {
        return new Permissions(subject, patterns(grants), patterns(grants), null);
    }

    private String issue(Permissions caller, String... topics) {
        return tickets.issue(caller, patterns(topics), TTL).text();
    }

    @Test
    void aTicketIsGoodOnce() {
        String ticket = issue(caller("me", "a/**"), "a/1");

        assertThat(ticket).hasSize(43);
        Permissions permissions = tickets.redeem(ticket);
        assertThat(permissions).isNotNull();
        assertThat(permissions.subject()).isEqualTo("me");
        assertThat(tickets.redeem(ticket)).isNull();
        assertThat(tickets.redeem("x".repeat(43))).isNull();
        assertThat(tickets.redeem("")).isNull();
    }

    @Test
    void aTicketIsForLittleTime() {
        String ticket = issue(caller("me", "a"), "a");
        clock.advance(TTL);
        assertThat(tickets.redeem(ticket)).isNull();
        assertThat(tickets.issue(caller("me", "a"), patterns("a"), Duration.ofHours(1))
                        .expires())
                .isEqualTo(clock.instant().plusSeconds(60));
    }

    @Test
    void aTicketEndsWithThePermissionsItIsOf() {
        Permissions ending =
                new Permissions("me", Set.of(), patterns("a"), clock.instant().plusSeconds(5));
        String early = issue(ending, "a");
        String late = issue(ending, "a");
        Permissions permissions = tickets.redeem(early);
        assertThat(permissions).isNotNull();
        assertThat(permissions.expires()).isEqualTo(ending.expires());
        clock.advance(Duration.ofSeconds(5));

        assertThat(tickets.redeem(late)).isNull();
    }

    private boolean mayPublish(Permissions permissions, String topic) {
        return permissions.mayPublish(Notification.of(topic, "x"));
    }

    @Test
    void aTicketPermitsWhatWasAskedForAsFarAsItIsGranted() {
        Permissions permissions =
                tickets.redeem(issue(caller("me", "a/*", "b/**", "c"), "a/1", "b/**", "**/2", "c", "d"));

        assertThat(permissions).isNotNull();
        for (String topic : new String[] {"a/1", "b/1/1", "a/2", "c"}) {
            assertThat(mayPublish(permissions, topic)).as(topic).isTrue();
        }
        for (String topic : new String[] {"a/3", "d", "d/2", "e"}) {
            assertThat(mayPublish(permissions, topic)).as(topic).isFalse();
        }
    }

    @Test
    void aSubjectHasAHundredAndOthersStillGetTheirs() {
        Set<String> issued = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            issued.add(issue(caller("me", "a"), "a"));
        }
        assertThat(issued).hasSize(100);
        assertThatThrownBy(() -> issue(caller("me", "a"), "a"))
                .isInstanceOfSatisfying(
                        TooManyTickets.class, e -> assertThat(e.ofSubject()).isTrue());
        issue(caller("you", "a"), "a");
        assertThat(tickets.redeem(issued.iterator().next())).isNotNull();
        issue(caller("me", "a"), "a");
        clock.advance(TTL);
        issue(caller("me", "a"), "a");
        assertThat(tickets.size()).isEqualTo(1);
    }

    @Test
    void allTicketsTogetherHaveABound() {
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_001; i++) {
                        issue(caller("user" + i, "a"), "a");
                    }
                })
                .isInstanceOf(TooManyTickets.class);
        assertThat(tickets.size()).isEqualTo(10_000);
        clock.advance(TTL);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_001; i++) {
                        issue(caller("user" + i, "a"), "a".repeat(1024), "b".repeat(1024));
                    }
                })
                .isInstanceOf(TooManyTickets.class);
        assertThat(tickets.size()).isEqualTo(2048);
    }
}
