package dev.belfry.bench;

/**
 * One figure held against what it should be.
 *
 * @param what it is
 * @param seen the figure
 * @param bar what it should be
 * @param met whether it is
 */
record Finding(String what, String seen, String bar, boolean met) {
    static Finding atLeast(String what, double seen, double bar, String unit) {
        return new Finding(what, number(seen) + unit, "≥ " + number(bar) + unit, seen >= bar);
    }

    static Finding atMost(String what, double seen, double bar, String unit) {
        return new Finding(what, number(seen) + unit, "≤ " + number(bar) + unit, seen <= bar);
    }

    static String number(double value) {
        if (Double.isNaN(value)) {
            return "not measured";
        }
        String format = Math.abs(value) >= 1000 ? "%,.0f" : Math.abs(value) >= 20 ? "%.1f" : "%.2f";
        return String.format(java.util.Locale.ROOT, format, value);
    }
}
