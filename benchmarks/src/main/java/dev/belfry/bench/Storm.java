package dev.belfry.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Everybody returns at once, each 100 events behind, while publishing goes on. */
final class Storm implements Measurement {
    private static final int PAYLOAD_BYTES = 64;
    private static final int BEHIND = 100;
    private static final int RATE = 100;

    /** One that takes longer counts as this long. */
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "storm";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Storm",
                Finding.number(effort.stormSubscribers())
                        + " subscribers connect at once, each 100 events behind, while 100 events/s are published. Timed from"
                        + " the first connection until the last of them has caught up; after "
                        + LIMIT.toSeconds()
                        + " s, or when the server cuts a connection off, it is given up and counts as that, in favour of who did not make it.");
        Samples seconds = section.table("Until all have caught up", "s");
        int rounds = Math.max(3, effort.rounds());
        try (Contest contest = Contest.of(List.of(Peer.BELFRY, Peer.NCHAN))) {
            contest.warmUp(effort, 1000, 1, PAYLOAD_BYTES);
            contest.rounds("a storm that does not count", 1, (peer, server) -> {
                if (peer == Peer.BELFRY) {
                    storm(peer, server, effort.stormSubscribers());
                }
            });
            contest.rounds(name(), rounds, (peer, server) -> {
                double took = storm(peer, server, effort.stormSubscribers());
                Progress.say("  " + Finding.number(took) + " s");
                seconds.add(peer.title, Double.isInfinite(took) ? LIMIT.toSeconds() : took);
            });
        }
        section.finding(
                Finding.atMost("time against Nchan's", seconds.ratio(Peer.BELFRY.title, Peer.NCHAN.title), 0.7, " x"));
        return section;
    }

    private static double storm(Peer peer, ServerProcess server, int subscribers) throws IOException {
        Target target = peer.sse(server.port);
        String id;
        try (Load before = new Load(target, PAYLOAD_BYTES)) {
            before.addPublishers(1);
            id = before.idOfOneEvent();
            before.publish(BEHIND);
        }
        Target behind = target.with(peer.title, Target.SSE + "Last-Event-ID: " + id + "\r\n");
        try (Load load = new Load(behind, PAYLOAD_BYTES)) {
            load.addPublishers(1);
            return load.storm(subscribers, BEHIND, RATE, LIMIT);
        }
    }
}
