package dev.belfry.stream;

import dev.belfry.Chunk;
import dev.belfry.ReadClient;
import dev.belfry.ReadFlow;

/**
 * The replays of a group, as one reader among others: among those of its shard that wait for a place, and among all those that
 * wait for a reader thread.
 */
final class ReplayFlow {
    private final ReadFlow ofShard;
    private final ReadFlow ofHub;

    /** @param client of the first subscriber that asks; a crowd that shares its chunks shares them */
    ReplayFlow(ReadClient client) {
        ofShard = new ReadFlow(client);
        ofHub = new ReadFlow(client);
    }

    ReadFlow ofShard() {
        return ofShard;
    }

    ReadFlow ofHub() {
        return ofHub;
    }

    void read(Chunk chunk) {
        ofShard.read(chunk);
        ofHub.read(chunk);
    }
}
