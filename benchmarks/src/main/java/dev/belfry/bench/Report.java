package dev.belfry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** Writes what was measured as a page: findings, tables, charts, the machine, and the notes that a person keeps. */
final class Report {
    private static final String NOTES = "<!-- What follows is written by hand and kept. -->";

    private final Path page;
    private final Path charts;

    Report(Path root) {
        page = root.resolve("docs/benchmarks.md");
        charts = root.resolve("docs/benchmarks");
    }

    void write(List<Section> sections, List<String> failed, String command) throws IOException {
        Files.createDirectories(charts);
        StringBuilder out = new StringBuilder("# Benchmarks\n\n");
        out.append(ahead(sections)).append("\n\n").append(summary(sections)).append('\n');
        if (!failed.isEmpty()) {
            out.append("Not measured, for it failed: ")
                    .append(String.join(", ", failed))
                    .append(".\n\n");
        }
        out.append("Measured on ")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append(" by `")
                .append(command)
                .append("`: ");
        out.append(Machine.describe()).append("\n\n");
        out.append(
                "Every server runs on one core of its own and the load on another. Within a round each contestant has its"
                        + " turn, so that all see the same machine; a figure is the median over the rounds, a ratio the median of"
                        + " the ratios within each round. A run in which a delivery was lost, came twice or out of order is void"
                        + " (“not measured”). Nchan and the tutorial keep messages in memory only; Belfry is measured with"
                        + " one fsync for each group of publications (its default) and without.\n");
        for (Section section : sections) {
            write(section, out);
        }
        out.append('\n').append(NOTES).append('\n').append(notes());
        Files.writeString(page, out);
    }

    /** Where a peer is ahead, before anything else. The floor is no peer: it does nothing but the system calls. */
    private static String ahead(List<Section> sections) {
        StringBuilder rows = new StringBuilder();
        for (Section section : sections) {
            for (int i = 0; i < section.tables.size(); i++) {
                for (Peer peer : List.of(Peer.NCHAN, Peer.TUTORIAL)) {
                    appendIfAhead(peer, section.title, section.tableTitles.get(i), section.tables.get(i), rows);
                }
            }
        }
        return rows.isEmpty()
                ? "Neither Nchan nor the tutorial's server is ahead of Belfry, which syncs to the disk before it answers, in"
                        + " anything measured here."
                : "Belfry syncs to the disk before it answers; Nchan and the tutorial's server keep messages in memory only."
                        + " Where one of them is ahead all the same:\n\n"
                        + "| Measurement | Belfry | The peer |\n|---|---|---|\n"
                        + rows.toString().stripTrailing();
    }

    private static void appendIfAhead(Peer peer, String section, String table, Samples samples, StringBuilder rows) {
        double ours = samples.median(Peer.BELFRY.title);
        double theirs = samples.median(peer.title);
        if (samples.unit.equals("/s") ? theirs > ours : theirs < ours) {
            rows.append("| ").append(section).append(": ").append(table.toLowerCase(Locale.ROOT));
            rows.append(" | ").append(Finding.number(ours)).append(' ').append(samples.unit);
            rows.append(" | ")
                    .append(peer.title)
                    .append(": ")
                    .append(Finding.number(theirs))
                    .append(' ');
            rows.append(samples.unit).append(" |\n");
        }
    }

    /** What was missed. */
    private static String summary(List<Section> sections) {
        StringBuilder missed = new StringBuilder();
        int met = 0;
        int all = 0;
        for (Section section : sections) {
            for (Finding finding : section.findings) {
                all++;
                met += finding.met() ? 1 : 0;
                if (!finding.met()) {
                    missed.append("- ").append(section.title).append(": ").append(finding.what());
                    missed.append(" is ").append(finding.seen()).append(", and should be ");
                    missed.append(finding.bar()).append(".\n");
                }
            }
        }
        return missed.isEmpty()
                ? "All " + all + " figures are where they should be.\n"
                : met + " of " + all + " figures are where they should be. These are not:\n\n" + missed;
    }

    private void write(Section section, StringBuilder out) throws IOException {
        out.append("\n## ")
                .append(section.title)
                .append("\n\n")
                .append(section.text)
                .append("\n\n");
        for (int i = 0; i < section.tables.size(); i++) {
            Samples samples = section.tables.get(i);
            String title = section.tableTitles.get(i);
            table(title, samples, out);
            if (samples.contestants().size() > 1) {
                String file = slug(section.title + " " + title) + ".svg";
                Files.writeString(charts.resolve(file), Chart.bars(title, samples));
                out.append("\n![")
                        .append(title)
                        .append("](benchmarks/")
                        .append(file)
                        .append(")\n\n");
            }
        }
        if (!section.findings.isEmpty()) {
            out.append("| Held against | Seen | Should be | |\n|---|---|---|---|\n");
            for (Finding finding : section.findings) {
                out.append("| ").append(finding.what()).append(" | ").append(finding.seen());
                out.append(" | ").append(finding.bar()).append(" | ");
                out.append(finding.met() ? "met" : "**missed**").append(" |\n");
            }
        }
    }

    private static void table(String title, Samples samples, StringBuilder out) {
        out.append("| ").append(title).append(" (").append(samples.unit).append(") | Median | Least | Most |\n");
        out.append("|---|---|---|---|\n");
        for (String contestant : samples.contestants()) {
            List<Double> values = samples.of(contestant);
            out.append("| ").append(contestant).append(" | ").append(Finding.number(samples.median(contestant)));
            out.append(" | ")
                    .append(Finding.number(
                            values.stream().mapToDouble(v -> v).min().orElse(Double.NaN)));
            out.append(" | ")
                    .append(Finding.number(
                            values.stream().mapToDouble(v -> v).max().orElse(Double.NaN)))
                    .append(" |\n");
        }
        out.append('\n');
    }

    private static String slug(String title) {
        return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    private String notes() throws IOException {
        if (!Files.exists(page)) {
            return "";
        }
        String before = Files.readString(page);
        int at = before.indexOf(NOTES);
        return at < 0 ? "" : before.substring(at + NOTES.length()).stripLeading();
    }
}
