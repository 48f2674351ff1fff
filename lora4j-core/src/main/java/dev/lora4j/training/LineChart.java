package dev.lora4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A line chart as SVG, for a page that loads nothing. */
final class LineChart {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 62;
    private static final int BOTTOM = 34;
    private static final int TOP = 12;
    private static final int TICKS = 5;
    private static final List<String> COLOURS = List.of("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed");

    private LineChart() {}

    /** One line: its name and its points. */
    record Series(String name, List<Point> points) {
        Series {
            points = List.copyOf(points);
        }
    }

    record Point(double x, double y) {}

    /** What the axes show. */
    private record Range(double minX, double maxX, double minY, double maxY) {
        static Range of(List<Series> series) {
            double minX = Double.POSITIVE_INFINITY;
            double maxX = Double.NEGATIVE_INFINITY;
            double minY = Double.POSITIVE_INFINITY;
            double maxY = Double.NEGATIVE_INFINITY;
            for (Series each : series) {
                for (Point point : each.points()) {
                    minX = Math.min(minX, point.x());
                    maxX = Math.max(maxX, point.x());
                    minY = Math.min(minY, point.y());
                    maxY = Math.max(maxY, point.y());
                }
            }
            double room = maxY > minY ? (maxY - minY) * 0.05 : Math.max(1e-9, Math.abs(maxY) * 0.1);
            return new Range(minX, maxX > minX ? maxX : minX + 1, minY - room, maxY + room);
        }

        double x(double value) {
            return LEFT + (value - minX) / (maxX - minX) * (WIDTH - LEFT - 12);
        }

        double y(double value) {
            return HEIGHT - BOTTOM - (value - minY) / (maxY - minY) * (HEIGHT - BOTTOM - TOP);
        }
    }

    /** The chart; series without points are left out. */
    static String svg(String label, List<Series> all) {
        List<Series> series =
                all.stream().filter(each -> !each.points().isEmpty()).toList();
        if (series.isEmpty()) {
            return "<p>No steps were taken.</p>";
        }
        Range range = Range.of(series);
        StringBuilder svg = new StringBuilder(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, HEIGHT, HtmlReport.escape(label)));
        axes(svg, range);
        for (int i = 0; i < series.size(); i++) {
            line(svg, series.get(i), range, COLOURS.get(i % COLOURS.size()));
        }
        legend(svg, series);
        return svg.append("</svg>").toString();
    }

    private static void axes(StringBuilder svg, Range range) {
        for (int i = 0; i <= TICKS; i++) {
            double y = range.minY() + (range.maxY() - range.minY()) * i / TICKS;
            svg.append(format(
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT, WIDTH - 12, range.y(y), range.y(y)));
            svg.append(format(
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 6, range.y(y) + 4, number(y)));
            double x = range.minX() + (range.maxX() - range.minX()) * i / TICKS;
            svg.append(format(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    range.x(x), HEIGHT - BOTTOM + 18, number(x)));
        }
    }

    private static void line(StringBuilder svg, Series series, Range range, String colour) {
        List<String> points = new ArrayList<>();
        series.points().forEach(point -> points.add(format("%.1f,%.1f", range.x(point.x()), range.y(point.y()))));
        svg.append(format(
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" points=\"%s\"/>",
                colour, String.join(" ", points)));
    }

    private static void legend(StringBuilder svg, List<Series> series) {
        for (int i = 0; i < series.size(); i++) {
            int y = TOP + 10 + 16 * i;
            svg.append(format(
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"%s\">%s</text>",
                    WIDTH - 18,
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
        return size >= 100 || value == Math.rint(value) ? format("%.0f", value) : format("%.3f", value);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
