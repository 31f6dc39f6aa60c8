package dev.belfry.bench;

import java.util.List;

/** Bars as SVG, one for each contestant. */
final class Chart {
    private static final int WIDTH = 720;
    private static final int LABEL = 230;
    private static final int FIGURE = 110;
    private static final int BAR = 22;
    private static final int STEP = 32;
    private static final int TOP = 40;

    private Chart() {}

    static String bars(String title, Samples samples) {
        List<String> contestants = samples.contestants();
        double most = contestants.stream()
                .mapToDouble(samples::median)
                .filter(v -> !Double.isNaN(v))
                .max()
                .orElse(1);
        StringBuilder svg = new StringBuilder();
        int height = TOP + contestants.size() * STEP + 10;
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
                .append(WIDTH)
                .append(' ')
                .append(height);
        svg.append("\" font-family=\"sans-serif\" font-size=\"14\">\n");
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        text(8, 24, "start", title + " (" + samples.unit + ")", svg);
        for (int i = 0; i < contestants.size(); i++) {
            String contestant = contestants.get(i);
            double value = samples.median(contestant);
            int y = TOP + i * STEP;
            int width = Double.isNaN(value) ? 0 : (int) Math.max(1, value / most * (WIDTH - LABEL - FIGURE));
            text(LABEL - 8, y + 16, "end", contestant, svg);
            svg.append("<rect x=\"")
                    .append(LABEL)
                    .append("\" y=\"")
                    .append(y)
                    .append("\" width=\"")
                    .append(width);
            svg.append("\" height=\"").append(BAR).append("\" fill=\"");
            svg.append(contestant.startsWith("Belfry") ? "#2563a8" : "#9aa5b1").append("\"/>\n");
            text(LABEL + width + 8, y + 16, "start", Finding.number(value), svg);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void text(int x, int y, String anchor, String text, StringBuilder svg) {
        svg.append("<text x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\" text-anchor=\"")
                .append(anchor);
        svg.append("\" fill=\"#1f2933\">")
                .append(text.replace("&", "&amp;").replace("<", "&lt;"))
                .append("</text>\n");
    }
}
