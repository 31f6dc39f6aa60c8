package dev.belfry.bench;

import java.io.IOException;
import java.util.List;

/** How many deliveries a second: 1,000 subscribers, each publisher posts as soon as it is answered. */
final class FanOut implements Measurement {
    private static final int SUBSCRIBERS = 1000;
    private static final int PAYLOAD_BYTES = 64;

    private final int publishers;

    FanOut(int publishers) {
        this.publishers = publishers;
    }

    @Override
    public String name() {
        return "fanout" + publishers;
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Fan-out, " + (publishers == 1 ? "one publisher" : publishers + " publishers"),
                "1,000 subscribers by SSE over HTTP/1.1; " + publishers
                        + " publisher(s), each posts 64 bytes as soon as it is answered. The server has one core.");
        Samples samples = section.table("Deliveries per second", "/s");
        List<Peer> peers = List.of(Peer.BELFRY, Peer.BELFRY_OS, Peer.NCHAN, Peer.TUTORIAL, Peer.FLOOR);
        try (Contest contest = Contest.of(peers)) {
            contest.warmUp(effort, SUBSCRIBERS, publishers, PAYLOAD_BYTES);
            contest.rounds(name(), effort.rounds(), (peer, server) -> {
                try (Load load = new Load(peer.sse(server.port), PAYLOAD_BYTES)) {
                    load.subscribe(SUBSCRIBERS, publishers);
                    load.addPublishers(publishers);
                    Result result = load.closedLoop(effort.warmUp(peer), effort.measured());
                    Progress.say("  " + result);
                    samples.add(peer.title, result.isValid() ? result.deliveriesPerSecond() : Double.NaN);
                }
            });
        }
        judge(section, samples);
        return section;
    }

    private void judge(Section section, Samples samples) {
        String belfry = Peer.BELFRY.title;
        String memory = Peer.BELFRY_OS.title;
        if (publishers == 1) {
            section.finding(Finding.atLeast(
                    "without fsync, against the floor", samples.ratio(memory, Peer.FLOOR.title), 0.8, " x"));
            section.finding(Finding.atLeast(
                    "without fsync, against Nchan", samples.ratio(memory, Peer.NCHAN.title), 1.3, " x"));
            section.finding(Finding.atLeast(
                    "without fsync, against the tutorial", samples.ratio(memory, Peer.TUTORIAL.title), 2, " x"));
            section.finding(
                    Finding.atLeast("with fsync, against Nchan", samples.ratio(belfry, Peer.NCHAN.title), 1.3, " x"));
            section.finding(Finding.atLeast(
                    "with fsync, against the floor", samples.ratio(belfry, Peer.FLOOR.title), 0.8, " x"));
            section.finding(Finding.atLeast("deliveries, with fsync", samples.median(belfry), 90_000, "/s"));
        } else {
            section.finding(
                    Finding.atLeast("with fsync, against Nchan", samples.ratio(belfry, Peer.NCHAN.title), 5, " x"));
            section.finding(Finding.atLeast(
                    "with fsync, against the tutorial", samples.ratio(belfry, Peer.TUTORIAL.title), 15, " x"));
            section.finding(Finding.atLeast("deliveries, with fsync", samples.median(belfry), 800_000, "/s"));
        }
    }
}
