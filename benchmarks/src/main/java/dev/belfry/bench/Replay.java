package dev.belfry.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One client far behind, beside a hundred that are not; and one topic out of a large log. */
final class Replay implements Measurement {
    private static final int PAYLOAD_BYTES = 256;
    private static final int LIVE = 100;
    private static final int LIVE_RATE = 100;
    private static final int FEW = 100;

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Replay",
                "A log of " + Finding.number(effort.replayEvents())
                        + " events of 256 bytes. " + effort.replays()
                        + " clients, one after the other, read all of it while 100 subscribers of another topic get 100"
                        + " events/s; then one client reads a topic that has 100 events in it.");
        Samples rate = section.table("Replayed events per second", "/s");
        Samples live = section.table("p99 of the live subscribers", "ms");
        Samples topic = section.table("100 events of one topic, to the last of them", "ms");
        Samples memory = section.table("Resident memory", "MB");
        try (ServerProcess server = Peer.BELFRY.start("-Xmx512m")) {
            Progress.say("replay: filling the log");
            Backlog backlog = new Backlog(server.port, PAYLOAD_BYTES);
            backlog.fill("many/a", 0, effort.replayEvents() / 2);
            backlog.fill("few/a", 0, FEW);
            backlog.fill("many/a", effort.replayEvents() / 2, effort.replayEvents() / 2);
            memory.add("before", server.residentBytes() / 1e6);
            Progress.say("warming up: " + Peer.BELFRY.title);
            warmUp(effort, server);
            for (int round = 1; round <= effort.rounds(); round++) {
                Progress.say("replay, round " + round + " of " + effort.rounds());
                replay(effort, server, rate, live);
                memory.add("after", server.residentBytes() / 1e6);
                topic.add(Peer.BELFRY.title, oneTopic(server));
            }
        }
        section.finding(Finding.atLeast("replay", rate.median(Peer.BELFRY.title), 300_000, "/s"));
        section.finding(Finding.atMost("p99 of the live while it goes on", live.ratio("during", "before"), 1.2, " x"));
        section.finding(Finding.atMost("one topic", topic.median(Peer.BELFRY.title), 5, " ms"));
        section.finding(Finding.atMost("memory after, against before", memory.ratio("after", "before"), 1.5, " x"));
        return section;
    }

    /** A JVM on one core compiles beside what it serves: all that is measured runs before, as often. */
    private static void warmUp(Effort effort, ServerProcess server) throws IOException {
        try (Load load = new Load(live(server), PAYLOAD_BYTES)) {
            load.subscribe(LIVE, 1);
            load.addPublishers(1);
            load.closedLoop(Duration.ZERO, effort.compile(Peer.BELFRY));
        }
        Samples unused = new Samples("");
        for (int round = 1; round <= effort.rounds(); round++) {
            replay(effort, server, unused, unused);
        }
    }

    private static Target live(ServerProcess server) {
        return Peer.BELFRY.sse(server.port).on("/api/notifications/live", "/api/notifications/live");
    }

    private static void replay(Effort effort, ServerProcess server, Samples rate, Samples live) throws IOException {
        try (Load subscribers = new Load(live(server), PAYLOAD_BYTES)) {
            subscribers.subscribe(LIVE, 1);
            subscribers.addPublishers(1);
            Result before =
                    subscribers.openLoop(effort.warmUp(), effort.measured().multipliedBy(3), LIVE_RATE);
            live.add("before", before.millisAt(99));
            Target behind = Peer.BELFRY.sse(server.port).on("/api/notifications/many/a?after=earliest", "");
            Load.Beside beside = subscribers.openLoopBeside(behind, effort.replayEvents(), effort.replays(), LIVE_RATE);
            Result during = beside.live();
            double perSecond = effort.replayEvents() / beside.secondsEach();
            live.add("during", during.millisAt(99));
            rate.add(Peer.BELFRY.title, perSecond);
            Progress.say("  " + Finding.number(perSecond) + " events/s; live p50 and p99 before: "
                    + Finding.number(before.millisAt(50)) + ", " + Finding.number(before.millisAt(99))
                    + " ms, during: " + Finding.number(during.millisAt(50)) + ", " + Finding.number(during.millisAt(99))
                    + " ms");
        }
    }

    private static double oneTopic(ServerProcess server) throws IOException {
        Target few = Peer.BELFRY.sse(server.port).on("/api/notifications/few/a?after=earliest", "");
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            millis.add(1e3 * Reader.seconds(few, FEW));
        }
        return Samples.median(millis);
    }
}
