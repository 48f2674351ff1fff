package dev.lora4j.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A line chart, as SVG for a page that loads nothing or as a picture of its own. Immutable.
 *
 * @param label what it shows
 * @param series its lines; those without points are left out
 */
public record LineChart(String label, List<Series> series) {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 62;
    private static final int RIGHT = 12;
    private static final int BOTTOM = 34;
    private static final int TOP = 12;
    private static final int TICKS = 5;
    private static final List<String> COLOURS = List.of("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed");

    /** Leaves out lines without points. */
    public LineChart {
        series = series.stream().filter(each -> !each.points().isEmpty()).toList();
    }

    /** One line: its name and its points. */
    public record Series(String name, List<Point> points) {
        /** Copies the list. */
        public Series {
            points = List.copyOf(points);
        }

        /** A line over the numbers from 1 on. */
        public static Series counted(String name, List<Double> values) {
            return new Series(
                    name,
                    IntStream.range(0, values.size())
                            .mapToObj(i -> new Point(i + 1.0, values.get(i)))
                            .toList());
        }
    }

    /** A place in the chart's own units. */
    public record Point(double x, double y) {}

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
            return LEFT + (value - minX) / (maxX - minX) * (WIDTH - LEFT - RIGHT);
        }

        double y(double value) {
            return HEIGHT - BOTTOM - (value - minY) / (maxY - minY) * (HEIGHT - BOTTOM - TOP);
        }
    }

    /** The chart for a page. */
    public String svg() {
        if (series.isEmpty()) {
            return "<p>There is nothing to show.</p>";
        }
        SvgDrawing drawing = new SvgDrawing(WIDTH, HEIGHT, label);
        drawOn(drawing);
        return drawing.end();
    }

    /** The chart as a picture, with its label above; there must be a line. */
    public Picture picture() {
        int above = 28;
        Picture picture = new Picture(WIDTH, HEIGHT + above);
        picture.text(10, 8, label, 2, Picture.INK);
        drawOn(new PictureDrawing(picture, above));
        return picture;
    }

    private void drawOn(Drawing drawing) {
        Range range = Range.of(series);
        axes(drawing, range);
        for (int i = 0; i < series.size(); i++) {
            drawing.curve(
                    series.get(i).points().stream()
                            .map(point -> new Drawing.Point(range.x(point.x()), range.y(point.y())))
                            .toList(),
                    colour(i));
        }
        for (int i = 0; i < series.size(); i++) {
            Drawing.Point place = new Drawing.Point(WIDTH - RIGHT - 6, TOP + 10 + 16.0 * i);
            drawing.text(place, Drawing.Anchor.END, series.get(i).name(), colour(i));
        }
    }

    private static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    private static void axes(Drawing drawing, Range range) {
        for (int i = 0; i <= TICKS; i++) {
            double y = range.minY() + (range.maxY() - range.minY()) * i / TICKS;
            drawing.grid(LEFT, WIDTH - RIGHT, range.y(y));
            drawing.text(new Drawing.Point(LEFT - 6, range.y(y) + 4), Drawing.Anchor.END, number(y));
            double x = range.minX() + (range.maxX() - range.minX()) * i / TICKS;
            drawing.text(new Drawing.Point(range.x(x), HEIGHT - BOTTOM + 18), Drawing.Anchor.MIDDLE, number(x));
        }
    }

    private static String number(double value) {
        double size = Math.abs(value);
        if (size != 0 && size < 0.001) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        boolean whole = size >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%.0f" : "%.3f", value);
    }
}
