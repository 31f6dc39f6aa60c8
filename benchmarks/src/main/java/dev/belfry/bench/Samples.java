package dev.belfry.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of one measurement, by contestant and by round: medians of each, and of ratios within a round. A void run is
 * not a number, and does not count.
 */
final class Samples {
    final String unit;
    private final Map<String, List<Double>> byContestant = new LinkedHashMap<>();

    Samples(String unit) {
        this.unit = unit;
    }

    void add(String contestant, double value) {
        byContestant.computeIfAbsent(contestant, c -> new ArrayList<>()).add(value);
    }

    List<String> contestants() {
        return List.copyOf(byContestant.keySet());
    }

    List<Double> of(String contestant) {
        return byContestant.getOrDefault(contestant, List.of());
    }

    double median(String contestant) {
        return median(of(contestant));
    }

    /** The median over the rounds of one's figure divided by the other's; NaN when either was not measured. */
    double ratio(String one, String other) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(of(one).size(), of(other).size()); i++) {
            ratios.add(of(one).get(i) / of(other).get(i));
        }
        return median(ratios);
    }

    static double median(List<Double> values) {
        List<Double> sorted =
                values.stream().filter(value -> !value.isNaN()).sorted().toList();
        int n = sorted.size();
        if (n == 0) {
            return Double.NaN;
        }
        return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }
}
