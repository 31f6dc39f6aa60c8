package dev.belfry.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What a subscriber costs that nothing is sent to. */
final class Idle implements Measurement {
    @Override
    public String name() {
        return "idle";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        int connections = effort.idleConnections();
        Section section = new Section(
                "Idle subscribers",
                Finding.number(connections)
                        + " subscribers by SSE. Live heap is what is left after a full collection, per connection beyond what"
                        + " was there without them; resident memory is the whole process's, likewise. Both are taken after the"
                        + " server has worked for a while: a JVM touches the pages of its young generation once, whoever comes.");
        Samples heap = section.table("Live heap per connection", "bytes");
        Samples resident = section.table("Resident memory per connection", "bytes");
        Samples whole = section.table("Resident memory of the whole process with them", "MB");
        try (Contest contest = Contest.of(List.of(Peer.BELFRY, Peer.NCHAN, Peer.TUTORIAL))) {
            contest.rounds(name(), 1, (peer, server) -> {
                boolean jvm = peer != Peer.NCHAN;
                warmUp(peer, server, effort);
                double heapBefore = jvm ? server.liveHeapBytes() : 0;
                double residentBefore = server.residentBytes();
                try (Load load = new Load(peer.sse(server.port), 64)) {
                    load.subscribe(connections, 1);
                    if (jvm) {
                        heap.add(peer.title, (server.liveHeapBytes() - heapBefore) / connections);
                    }
                    whole.add(peer.title, server.residentBytes() / 1e6);
                    resident.add(peer.title, (server.residentBytes() - residentBefore) / connections);
                }
            });
        }
        section.finding(Finding.atMost("live heap", heap.median(Peer.BELFRY.title), 1536, " bytes"));
        section.finding(Finding.atMost("resident", resident.median(Peer.BELFRY.title), 4096, " bytes"));
        section.finding(Finding.atMost(
                "resident, against Nchan", resident.ratio(Peer.BELFRY.title, Peer.NCHAN.title), 1, " x"));
        return section;
    }

    private static void warmUp(Peer peer, ServerProcess server, Effort effort) throws IOException {
        try (Load load = new Load(peer.sse(server.port), 64)) {
            load.subscribe(1000, 1);
            load.addPublishers(1);
            load.closedLoop(Duration.ZERO, effort.compile(peer));
        }
    }
}
