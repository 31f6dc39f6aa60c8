package dev.belfry.bench;

import java.io.IOException;
import java.util.List;

/** The same events on every streaming transport. */
final class Transports implements Measurement {
    private static final int SUBSCRIBERS = 1000;
    private static final int PAYLOAD_BYTES = 64;
    private static final List<String> OURS = List.of("SSE", "NDJSON", "WebSocket", "SSE over HTTP/2");

    @Override
    public String name() {
        return "transports";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "Transports",
                "1,000 subscribers and one publisher, as in the first measurement, on each of the streaming transports.");
        Samples samples = section.table("Deliveries per second", "/s");
        try (Contest contest = Contest.of(List.of(Peer.BELFRY, Peer.NCHAN))) {
            contest.warmUp(effort, SUBSCRIBERS, 1, PAYLOAD_BYTES);
            contest.rounds("a round that does not count", 1, (peer, server) -> {
                if (peer == Peer.BELFRY) {
                    for (String transport : OURS) {
                        measure(effort, new Samples(""), transport, belfry(transport, server.port));
                    }
                }
            });
            contest.rounds(name(), effort.rounds(), (peer, server) -> {
                if (peer == Peer.BELFRY) {
                    for (String transport : OURS) {
                        measure(effort, samples, transport, belfry(transport, server.port));
                    }
                } else {
                    Target sse = peer.sse(server.port);
                    measure(effort, samples, "Nchan, WebSocket", sse.with("Nchan, WebSocket", Target.WEBSOCKET));
                }
            });
        }
        for (String transport : List.of("NDJSON", "WebSocket")) {
            section.finding(Finding.atLeast(transport + " against SSE", samples.ratio(transport, "SSE"), 0.85, " x"));
        }
        section.finding(
                Finding.atLeast("HTTP/2 against HTTP/1.1", samples.ratio("SSE over HTTP/2", "SSE"), 0.65, " x"));
        return section;
    }

    private static Target belfry(String transport, int port) {
        return Target.belfry(
                transport,
                port,
                switch (transport) {
                    case "NDJSON" -> Target.NDJSON;
                    case "WebSocket" -> Target.WEBSOCKET;
                    case "SSE over HTTP/2" -> Target.HTTP2;
                    default -> Target.SSE;
                });
    }

    private static void measure(Effort effort, Samples samples, String transport, Target target) throws IOException {
        try (Load load = new Load(target, PAYLOAD_BYTES)) {
            load.subscribe(SUBSCRIBERS, 1);
            load.addPublishers(1);
            Result result = load.closedLoop(effort.warmUp(), effort.measured());
            Progress.say("  " + transport + ": " + result);
            samples.add(transport, result.isValid() ? result.deliveriesPerSecond() : Double.NaN);
        }
    }
}
