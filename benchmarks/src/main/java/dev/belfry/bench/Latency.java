package dev.belfry.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** How long from the moment at which an event was meant to be sent to the last of 1,000 subscribers having read it. */
final class Latency implements Measurement {
    private static final int SUBSCRIBERS = 1000;
    private static final int PAYLOAD_BYTES = 64;

    /** Near to what a server can bear, and with pauses: what is compiled for a closed loop is compiled again for these. */
    private static final int WARM_UP_RATE = 150;

    private final int perSecond;

    Latency(int perSecond) {
        this.perSecond = perSecond;
    }

    @Override
    public String name() {
        return "latency" + perSecond;
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Latency at " + perSecond + " events/s",
                "1,000 subscribers by SSE; " + perSecond
                        + " events/s of 64 bytes, each timed from when it was meant to be sent, over all deliveries.");
        Samples p50 = section.table("p50", "ms");
        Samples p99 = section.table("p99", "ms");
        List<Peer> peers = List.of(Peer.BELFRY, Peer.BELFRY_OS, Peer.NCHAN, Peer.FLOOR, Peer.FLOOR_FSYNC);
        try (Contest contest = Contest.of(peers)) {
            contest.warmUp(effort, SUBSCRIBERS, 1, PAYLOAD_BYTES);
            contest.rounds("a round at a higher rate, which does not count", 1, (peer, server) -> {
                if (peer == Peer.BELFRY || peer == Peer.BELFRY_OS) {
                    run(peer, server, effort.compile(peer), effort.compile(peer), WARM_UP_RATE);
                }
            });
            contest.rounds(name(), effort.rounds(), (peer, server) -> {
                Result result =
                        run(peer, server, effort.warmUp(peer), effort.measured().multipliedBy(2), perSecond);
                Progress.say("  " + result);
                p50.add(peer.title, result.isValid() ? result.millisAt(50) : Double.NaN);
                p99.add(peer.title, result.isValid() ? result.millisAt(99) : Double.NaN);
            });
        }
        judge(section, "p50", p50);
        judge(section, "p99", p99);
        return section;
    }

    private static Result run(Peer peer, ServerProcess server, Duration warmUp, Duration measured, int perSecond)
            throws IOException {
        try (Load load = new Load(peer.sse(server.port), PAYLOAD_BYTES)) {
            load.subscribe(SUBSCRIBERS, 1);
            load.addPublishers(1);
            return load.openLoop(warmUp, measured, perSecond);
        }
    }

    private static void judge(Section section, String what, Samples samples) {
        String belfry = Peer.BELFRY.title;
        section.finding(Finding.atMost(
                what + ", with fsync, against Nchan (which keeps nothing)",
                samples.ratio(belfry, Peer.NCHAN.title),
                1,
                " x"));
        section.finding(Finding.atMost(
                what + ", with fsync, against the floor with fsync",
                samples.ratio(belfry, Peer.FLOOR_FSYNC.title),
                1.3,
                " x"));
        section.finding(Finding.atMost(
                what + ", without fsync, against the floor",
                samples.ratio(Peer.BELFRY_OS.title, Peer.FLOOR.title),
                1.3,
                " x"));
    }
}
