package dev.belfry.bench;

import java.io.IOException;
import java.util.List;

/** Publications per second, each answered when it is on disk. */
final class DurablePublishing implements Measurement {
    private static final int PUBLISHERS = 64;
    private static final int PAYLOAD_BYTES = 256;

    @Override
    public String name() {
        return "publishing";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Durable publishing",
                "64 publishers over HTTP/1.1, 256 bytes each, no subscribers. The peer is one fdatasync for each publication,"
                        + " which is what a hub with one transaction a publication does. Without fsync and without a disk"
                        + " beside them, to see what the HTTP path alone costs.");
        Samples samples = section.table("Publications per second", "/s");
        List<Peer> peers = List.of(Peer.BELFRY, Peer.FLOOR_FSYNC, Peer.BELFRY_OS, Peer.NCHAN, Peer.FLOOR);
        try (Contest contest = Contest.of(peers)) {
            contest.warmUp(effort, 0, PUBLISHERS, PAYLOAD_BYTES);
            contest.rounds(name(), effort.rounds(), (peer, server) -> {
                try (Load load = new Load(peer.sse(server.port), PAYLOAD_BYTES)) {
                    load.addPublishers(PUBLISHERS);
                    Result result = load.closedLoop(effort.warmUp(), effort.measured());
                    Progress.say("  " + result);
                    samples.add(peer.title, result.eventsPerSecond());
                }
            });
        }
        section.finding(Finding.atLeast(
                "against one fdatasync each", samples.ratio(Peer.BELFRY.title, Peer.FLOOR_FSYNC.title), 8, " x"));
        section.finding(Finding.atLeast(
                "fsync against none: how much the log holds up the HTTP path",
                samples.ratio(Peer.BELFRY.title, Peer.BELFRY_OS.title),
                0.8,
                " x"));
        return section;
    }
}
