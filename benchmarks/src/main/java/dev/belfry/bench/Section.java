package dev.belfry.bench;

import java.util.ArrayList;
import java.util.List;

/** One measurement as it is told: what was done, the figures of each contestant, and what they were held against. */
final class Section {
    final String title;
    final String text;
    final List<Samples> tables = new ArrayList<>();
    final List<String> tableTitles = new ArrayList<>();
    final List<Finding> findings = new ArrayList<>();

    Section(String title, String text) {
        this.title = title;
        this.text = text;
    }

    Samples table(String tableTitle, String unit) {
        Samples samples = new Samples(unit);
        tables.add(samples);
        tableTitles.add(tableTitle);
        return samples;
    }

    void finding(Finding finding) {
        findings.add(finding);
    }
}
