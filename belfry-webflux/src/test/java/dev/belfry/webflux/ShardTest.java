package dev.belfry.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.belfry.EventFilter;
import dev.belfry.InMemoryEventLog;
import dev.belfry.Position;
import dev.belfry.Receipt;
import dev.belfry.webflux.TestShard.Client;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardTest {
    private final TestShard test = new TestShard(new InMemoryEventLog());

    @AfterEach
    void close() {
        test.close();
    }

    private static String text(int length) {
        return "x".repeat(length);
    }

    private List<String> publishMany(int count, int size) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(test.publish("a", text(size)).first().toString());
        }
        return ids;
    }

    private static void awaitIds(Client client, List<String> ids) {
        await().untilAsserted(() -> assertThat(client.ids()).isEqualTo(ids));
    }

    private void awaitLive(Client client) {
        await().until(() -> test.call(client.subscriber()::isLive));
    }

    private static List<String> with(List<String> ids, Receipt receipt) {
        List<String> all = new ArrayList<>(ids);
        all.add(receipt.first().toString());
        return all;
    }

    @Test
    void aReplayWhoseLastChunkFillsTheChannelForAMomentIsFollowedByEachEventOnce() {
        Position start = test.log.head();
        List<String> ids = publishMany(300, 1000);
        Client client = test.join(EventFilter.ALL, WireFormat.NDJSON_TO_END, start);
        awaitIds(client, ids);
        awaitLive(client);

        awaitIds(client, with(ids, test.publish("a", "live")));
        assertThat(test.call(() -> client.subscriber().group().live)).hasSize(1);
    }

    @Test
    void aTailThatFillsTheChannelForAMomentIsDeliveredOnce() {
        Client keepsTheShardAwake = test.join(EventFilter.ALL, WireFormat.NDJSON_TO_END, test.log.head());
        Position start = test.log.head();
        List<String> ids = publishMany(300, 1000);
        awaitIds(keepsTheShardAwake, ids);

        Client client = test.join(EventFilter.ALL, WireFormat.NDJSON_TO_END, start);
        awaitIds(client, ids);
        awaitLive(client);
        awaitIds(client, with(ids, test.publish("a", "live")));
    }
}
