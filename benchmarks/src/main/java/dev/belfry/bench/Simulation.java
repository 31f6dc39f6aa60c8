package dev.belfry.bench;

import dev.belfry.stream.MillionSubscribers;
import java.io.IOException;
import java.util.List;

/** The hub's own structures, without sockets: memory for each subscriber, and whether a pass grows as they do. */
final class Simulation implements Measurement {
    @Override
    public String name() {
        return "simulation";
    }

    @Override
    public Section measure(Effort effort) throws IOException {
        Section section = new Section(
                "One million subscribers, simulated",
                "Subscribers on a shard with a channel that takes everything and keeps nothing: what the hub's own part costs."
                        + " One half listens to everything, the other half each to a topic of its own.");
        Samples bytes = section.table("Heap per subscriber", "bytes");
        Samples pass = section.table("One event to all, per subscriber", "ns");
        for (int subscribers : List.of(100_000, 1_000_000)) {
            Progress.say("simulation: " + subscribers);
            String name = String.format(java.util.Locale.ROOT, "%,d", subscribers);
            MillionSubscribers.Figures figures = MillionSubscribers.measure(subscribers);
            bytes.add(name, figures.bytesEach());
            pass.add(name, figures.nanosEach());
        }
        section.finding(Finding.atMost("heap per subscriber", bytes.median("1,000,000"), 400, " bytes"));
        section.finding(Finding.atMost(
                "time for each at 1,000,000 against 100,000", pass.ratio("1,000,000", "100,000"), 1.5, " x"));
        return section;
    }
}
