package dev.belfry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Chunk NOTHING = new Chunk(List.of(), new Position(1, 1), false, null);

    private final TurnQueue<String> queue = new TurnQueue<>();

    private static ReadFlow flow(String client) {
        return new ReadFlow(new ReadClient(client));
    }

    private static ReadFlow searching(String client) {
        ReadFlow flow = flow(client);
        flow.read(NOTHING);
        return flow;
    }

    /** Has so many turns of a millisecond, each of which asks for the next. */
    private List<String> turns(int count, ReadFlow... flows) {
        List<String> had = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Turn<String> turn = queue.poll();
            assertThat(turn).isNotNull();
            had.add(turn.work());
            turn.took(MILLI);
            for (ReadFlow flow : flows) {
                if (flow.client().name().equals(turn.work())) {
                    queue.add(flow, turn.work());
                }
            }
        }
        return had;
    }

    @Test
    void aNewcomerIsNextHoweverManyTurnsOfOthersWait() {
        for (int i = 0; i < 1_000; i++) {
            ReadFlow flow = flow("stranger");
            queue.add(flow, "stranger");
            queue.add(flow, "stranger");
        }
        assertThat(turns(500)).containsOnly("stranger");

        queue.add(flow("honest"), "honest");

        assertThat(turns(2)).contains("honest");
    }

    @Test
    void aNewReaderOfTheSameClientIsNextToo() {
        List<ReadFlow> scans = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            scans.add(flow("proxy"));
            queue.add(scans.get(i), "scan " + i);
        }
        for (int i = 0; i < 1_000; i++) {
            Turn<String> turn = queue.poll();
            turn.took(MILLI);
            queue.add(scans.get(Integer.parseInt(turn.work().substring(5))), turn.work());
        }

        queue.add(flow("proxy"), "honest");

        assertThat(turns(400).indexOf("honest")).isLessThan(2);
    }

    @Test
    void clientsHaveTheSameShareHoweverManyReadersOneHas() {
        ReadFlow honest = flow("honest");
        queue.add(honest, "honest");
        for (int i = 0; i < 1_000; i++) {
            queue.add(flow("stranger"), "stranger");
        }

        assertThat(turns(200, honest)).filteredOn("honest"::equals).hasSizeBetween(99, 101);
    }

    @Test
    void aReaderWhoseTurnsTakeLongHasFewer() {
        ReadFlow slow = flow("slow");
        ReadFlow quick = flow("quick");
        queue.add(slow, "slow");
        queue.add(quick, "quick");
        int slowTurns = 0;
        for (int i = 0; i < 110; i++) {
            Turn<String> turn = queue.poll();
            boolean isSlow = turn.work().equals("slow");
            slowTurns += isSlow ? 1 : 0;
            turn.took(isSlow ? 10 * MILLI : MILLI);
            queue.add(isSlow ? slow : quick, turn.work());
        }

        assertThat(slowTurns).isBetween(8, 12);
    }

    @Test
    void whoSearchesHasOneTurnInFourWhileOthersRead() {
        ReadFlow honest = flow("honest");
        ReadFlow other = flow("other");
        queue.add(honest, "honest");
        queue.add(other, "other");
        for (int i = 0; i < 100; i++) {
            queue.add(searching("stranger " + i), "search");
        }

        assertThat(turns(100, honest, other)).filteredOn("search"::equals).hasSize(25);
    }

    @Test
    void whoSearchesHasAllTurnsWhileNobodyElseReads() {
        ReadFlow search = searching("stranger");
        queue.add(search, "stranger");

        assertThat(turns(10, search)).hasSize(10);
    }

    @Test
    void aReaderSearchesFromATurnInWhichItFoundNothingToOneInWhichItDoes() {
        ReadFlow flow = flow("a");
        Event event = new Event(new Position(1, 1), java.time.Instant.EPOCH, Notification.of("a", "x"));

        flow.read(NOTHING);
        assertThat(flow.isSearching()).isTrue();
        flow.read(new Chunk(List.of(event), event.position(), false, null));
        assertThat(flow.isSearching()).isFalse();
        flow.read(NOTHING);
        flow.read(new Chunk(List.of(), event.position(), true, null));
        assertThat(flow.isSearching()).isFalse();
    }

    @Test
    void whatWasHadIsNotForgottenBetweenTwoTurns() {
        ReadFlow often = flow("often");
        ReadFlow waits = flow("waits");
        queue.add(waits, "waits");
        queue.add(waits, "waits");
        queue.add(often, "often");
        List<String> had = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Turn<String> turn = queue.poll();
            had.add(turn.work());
            turn.took(MILLI);
            if (turn.work().equals("often") && i < 3) {
                queue.add(often, "often"); // as a replay does, which asks anew for each chunk
            }
        }

        assertThat(had).containsExactly("waits", "often", "waits", "often");
    }

    @Test
    void aClientIsAnAddressAndOfIPv6ANetwork() throws UnknownHostException {
        assertThat(client("192.0.2.1", 1)).isEqualTo(client("192.0.2.1", 2)).isNotEqualTo(client("192.0.2.2", 1));
        assertThat(client("2001:db8::1", 1))
                .isEqualTo(client("2001:db8::ffff:2", 2))
                .isNotEqualTo(client("2001:db8:0:1::1", 1));
        assertThat(ReadClient.at(null)).isEqualTo(ReadClient.LOCAL);
        assertThat(ReadClient.at(InetSocketAddress.createUnresolved("x", 1))).isEqualTo(ReadClient.LOCAL);
    }

    private static ReadClient client(String address, int port) throws UnknownHostException {
        return ReadClient.at(new InetSocketAddress(InetAddress.getByName(address), port));
    }
}
