package dev.belfry.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several servers on one core, measured in turn: within a round each has the same machine. */
final class Contest implements AutoCloseable {
    private static final int PUBLISHERS_TO_WARM_UP = 16;

    private final Map<Peer, ServerProcess> servers = new LinkedHashMap<>();

    /** Starts those that can be had here. */
    static Contest of(List<Peer> peers) throws IOException {
        Contest contest = new Contest();
        for (Peer peer : peers) {
            if (isHere(peer)) {
                contest.servers.put(peer, peer.start());
            } else {
                Progress.say("left out: " + peer.title + " is not installed");
            }
        }
        return contest;
    }

    private static boolean isHere(Peer peer) {
        return switch (peer) {
            case NCHAN -> Tools.hasNchan();
            case FLOOR, FLOOR_FSYNC -> Tools.hasCompiler();
            default -> true;
        };
    }

    /** The tutorial's server does not outlive a load that is too much for its sink: it gets a new one for every turn. */
    private static boolean isSpent(Peer peer) {
        return peer == Peer.TUTORIAL;
    }

    /** What is done with one server in one round. */
    interface Turn {
        void take(Peer peer, ServerProcess server) throws IOException;
    }

    /**
     * Closed loops with each that count for nothing, in which a JVM compiles what it will run: first publishing alone, which
     * beside a thousand subscribers does not happen often enough.
     */
    void warmUp(Effort effort, int subscribers, int publishers, int payloadBytes) throws IOException {
        for (Map.Entry<Peer, ServerProcess> entry : servers.entrySet()) {
            Peer peer = entry.getKey();
            if (isSpent(peer)) {
                continue;
            }
            Progress.say("warming up: " + peer.title);
            Duration half = effort.compile(peer).dividedBy(2);
            closedLoop(peer, entry.getValue(), 0, PUBLISHERS_TO_WARM_UP, payloadBytes, half);
            closedLoop(peer, entry.getValue(), subscribers, publishers, payloadBytes, half);
        }
    }

    private static void closedLoop(
            Peer peer, ServerProcess server, int subscribers, int publishers, int payloadBytes, Duration time)
            throws IOException {
        try (Load load = new Load(peer.sse(server.port), payloadBytes)) {
            load.subscribe(subscribers, publishers);
            load.addPublishers(publishers);
            load.closedLoop(Duration.ZERO, time);
        }
    }

    void rounds(String what, int rounds, Turn turn) throws IOException {
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<Peer, ServerProcess> entry : servers.entrySet()) {
                Progress.say(what + ", round " + round + " of " + rounds + ": " + entry.getKey().title);
                if (isSpent(entry.getKey())) {
                    entry.getValue().close();
                    entry.setValue(entry.getKey().start());
                }
                turn.take(entry.getKey(), entry.getValue());
            }
        }
    }

    @Override
    public void close() {
        servers.values().forEach(ServerProcess::close);
    }
}
