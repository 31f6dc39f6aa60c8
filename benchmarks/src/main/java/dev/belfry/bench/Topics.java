package dev.belfry.bench;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Whether an event costs what it matches, and not what is connected. */
final class Topics implements Measurement {
    private static final int PAYLOAD_BYTES = 64;
    private static final int PUBLISHERS = 4;

    @Override
    public String name() {
        return "topics";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Topics",
                "4 publishers post in turn to as many topics, each of which one subscriber listens to; all others listen to"
                        + " topics of their own. What is compared is events published and delivered per second.");
        Samples samples = section.table("Events per second", "/s");
        int few = effort.idleConnections() / 15;
        try (Contest contest = Contest.of(List.of(Peer.BELFRY_OS))) {
            contest.warmUp(effort, few, PUBLISHERS, PAYLOAD_BYTES);
            contest.rounds("a round that does not count", 1, (peer, server) -> {
                measureAll(effort, new Samples(""), few, server);
            });
            contest.rounds(name(), effort.rounds(), (peer, server) -> measureAll(effort, samples, few, server));
        }
        section.finding(Finding.atMost(
                "cost of an event with 10 times the subscribers",
                samples.ratio(few + " topics, one subscriber each", 10 * few + " topics, one subscriber each"),
                1.1,
                " x"));
        section.finding(Finding.atMost(
                "cost of an event with 100 patterns a subscriber",
                samples.ratio(few + " topics, one subscriber each", "1,000 subscribers of 100 patterns each"),
                1.1,
                " x"));
        return section;
    }

    private static void measureAll(Effort effort, Samples samples, int few, ServerProcess server) throws IOException {
        Target target = Target.belfry(Peer.BELFRY_OS.title, server.port, Target.SSE)
                .on("/api/notifications/t/%d", "/api/notifications/t/%d");
        measure(effort, samples, few + " topics, one subscriber each", target, few);
        measure(effort, samples, 10 * few + " topics, one subscriber each", target, 10 * few);
        Target patterns = target.on(hundredPatterns(), "/api/notifications/t/%d");
        measure(effort, samples, "1,000 subscribers of 100 patterns each", patterns, 1000);
    }

    /** One pattern that matches, and 99 that never do, half of them with wildcards. */
    private static String hundredPatterns() {
        return "/api/notifications/t/%d?"
                + IntStream.range(1, 100)
                        .mapToObj(i -> "topic=" + (i % 2 == 0 ? "u/%1$d/" + i : "u/%1$d/" + i + "/*"))
                        .collect(Collectors.joining("&"));
    }

    private static void measure(Effort effort, Samples samples, String what, Target target, int subscribers)
            throws IOException {
        try (Load load = new Load(target, PAYLOAD_BYTES)) {
            load.subscribe(subscribers, PUBLISHERS);
            load.addPublishers(PUBLISHERS);
            Result result = load.closedLoopOneEach(effort.warmUp(), effort.measured());
            Progress.say("  " + what + ": " + result);
            samples.add(what, result.isValid() ? result.eventsPerSecond() : Double.NaN);
        }
    }
}
