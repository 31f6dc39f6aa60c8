package dev.belfry.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code ./bench}: measures Belfry and its peers and writes docs/benchmarks.md. */
final class Bench {
    private static final List<Measurement> ALL = List.of(
            new FanOut(1),
            new FanOut(16),
            new Latency(20),
            new Latency(60),
            new Transports(),
            new Topics(),
            new DurablePublishing(),
            new Replay(),
            new Storm(),
            new Idle(),
            new Simulation(),
            new Micro(),
            new StartUp());

    /** What is measured in the few minutes of the quick mode. */
    private static final List<String> QUICK = List.of("fanout1", "fanout16", "idle");

    private Bench() {}

    /** Arguments: {@code quick} or {@code full}, then the names of measurements; all without one. */
    public static void main(String... args) throws IOException {
        List<String> names = new ArrayList<>(Arrays.asList(args));
        boolean full = names.remove("full");
        names.remove("quick");
        List<Section> sections = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        for (Measurement measurement : ALL) {
            if (names.isEmpty() ? full || QUICK.contains(measurement.name()) : names.contains(measurement.name())) {
                Progress.say("== " + measurement.name());
                try {
                    sections.add(measurement.measure(full ? Effort.FULL : Effort.QUICK));
                } catch (IOException | RuntimeException e) {
                    // the others have taken long, or will: they are not lost with it
                    Progress.say("FAILED: " + e);
                    failed.add(measurement.name());
                }
            }
        }
        if (sections.isEmpty() && failed.isEmpty()) {
            System.err.println("there is " + ALL.stream().map(Measurement::name).toList());
            System.exit(2);
        }
        for (Section section : sections) {
            for (Finding finding : section.findings) {
                System.out.printf(
                        "%-7s %s: %s: %s (%s)%n",
                        finding.met() ? "met" : "MISSED", section.title, finding.what(), finding.seen(), finding.bar());
            }
        }
        if (names.isEmpty()) {
            new Report(Tools.root()).write(sections, failed, "./bench " + (full ? "full" : "quick"));
            Progress.say("written: docs/benchmarks.md");
        }
        if (!failed.isEmpty()) {
            System.err.println("failed: " + failed);
            System.exit(1);
        }
    }
}
