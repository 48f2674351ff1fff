package dev.lora4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A chart as SVG, for a page that loads nothing. */
final class Chart {
    private static final int TICKS = 5;
    private static final List<String> COLOURS =
            List.of("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f", "#57534e");

    private final StringBuilder svg = new StringBuilder();
    private final ChartRange range;

    private Chart(String label, ChartRange range) {
        this.range = range;
        svg.append(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                ChartRange.WIDTH, ChartRange.HEIGHT, HtmlReport.escape(label)));
    }

    /** The points of one colour, and their name. */
    record Series(String name, List<ChartPoint> points) {
        Series {
            points = List.copyOf(points);
        }
    }

    /** A line through the points of each; series without points are left out. */
    static String lines(String label, List<Series> all) {
        return draw(label, all, false);
    }

    /** Each point as a dot, x going up by factors; series without points are left out. */
    static String dots(String label, List<Series> all) {
        return draw(label, all, true);
    }

    private static String draw(String label, List<Series> all, boolean dots) {
        List<Series> series =
                all.stream().filter(each -> !each.points().isEmpty()).toList();
        if (series.isEmpty()) {
            return dots ? "<p>Nothing was measured.</p>" : "<p>No steps were taken.</p>";
        }
        List<ChartPoint> points =
                series.stream().flatMap(each -> each.points().stream()).toList();
        Chart chart = new Chart(label, ChartRange.of(points, dots));
        chart.axes();
        for (int i = 0; i < series.size(); i++) {
            String colour = COLOURS.get(i % COLOURS.size());
            if (dots) {
                chart.dots(series.get(i), colour);
            } else {
                chart.line(series.get(i), colour);
            }
        }
        chart.legend(series);
        return chart.svg.append("</svg>").toString();
    }

    private void axes() {
        for (int i = 0; i <= TICKS; i++) {
            double y = range.minY() + (range.maxY() - range.minY()) * i / TICKS;
            svg.append(format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    ChartRange.LEFT, ChartRange.WIDTH - ChartRange.RIGHT, range.y(y), range.y(y)));
            svg.append(format(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    ChartRange.LEFT - 6, range.y(y) + 4, number(y)));
            double x = range.valueOfX((double) i / TICKS);
            svg.append(format(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    range.x(x), ChartRange.HEIGHT - ChartRange.BOTTOM + 18, number(x)));
        }
    }

    private void line(Series series, String colour) {
        List<String> points = new ArrayList<>();
        series.points().forEach(point -> points.add(format("%.1f,%.1f", range.x(point.x()), range.y(point.y()))));
        svg.append(format(
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" points=\"%s\"/>",
                colour, String.join(" ", points)));
    }

    private void dots(Series series, String colour) {
        series.points()
                .forEach(point -> svg.append(format(
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>",
                        range.x(point.x()), range.y(point.y()), colour)));
    }

    private void legend(List<Series> series) {
        for (int i = 0; i < series.size(); i++) {
            int y = ChartRange.TOP + 10 + 16 * i;
            svg.append(format(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" style=\"fill:%s\">%s</text>",
                    ChartRange.WIDTH - 18,
                    y,
                    COLOURS.get(i % COLOURS.size()),
                    HtmlReport.escape(series.get(i).name())));
        }
    }

    private static String number(double value) {
        double size = Math.abs(value);
        if (size != 0 && size < 0.001) {
            return format("%.1e", value);
        }
        return size >= 100 || value == Math.rint(value) ? format("%,.0f", value) : format("%.3f", value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
