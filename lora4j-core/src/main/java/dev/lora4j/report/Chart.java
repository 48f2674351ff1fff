package dev.lora4j.report;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A chart, as SVG for a page that loads nothing or as a picture of its own. Immutable.
 *
 * @param label what it shows
 * @param series in a colour each; those without points are left out
 */
public record Chart(String label, Style style, List<Series> series) {
    private static final int WIDTH = 640;
    private static final int HEIGHT = 260;
    private static final int LEFT = 62;
    private static final int RIGHT = 12;
    private static final int BOTTOM = 34;
    private static final int TOP = 12;
    private static final int TICKS = 5;
    private static final List<String> COLOURS =
            List.of("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f", "#57534e");

    /** How points are shown. */
    public enum Style {
        /** A line through those of a series. */
        LINES,
        /** Each by itself, x above 0 going up by factors. */
        DOTS
    }

    /** Leaves out series without points. */
    public Chart {
        series = series.stream().filter(each -> !each.points().isEmpty()).toList();
    }

    /** A chart of lines. */
    public static Chart lines(String label, List<Series> series) {
        return new Chart(label, Style.LINES, series);
    }

    /** A chart of dots over an axis that goes up by factors. */
    public static Chart dots(String label, List<Series> series) {
        return new Chart(label, Style.DOTS, series);
    }

    /** The points of one colour, and their name. */
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
    private record Range(double minX, double maxX, double minY, double maxY, boolean factors) {
        static Range of(List<Series> series, boolean factors) {
            double minX = Double.POSITIVE_INFINITY;
            double maxX = Double.NEGATIVE_INFINITY;
            double minY = Double.POSITIVE_INFINITY;
            double maxY = Double.NEGATIVE_INFINITY;
            for (Series each : series) {
                for (Point point : each.points()) {
                    double x = factors ? Math.log10(point.x()) : point.x();
                    minX = Math.min(minX, x);
                    maxX = Math.max(maxX, x);
                    minY = Math.min(minY, point.y());
                    maxY = Math.max(maxY, point.y());
                }
            }
            double room = maxY > minY ? (maxY - minY) * 0.05 : Math.max(1e-9, Math.abs(maxY) * 0.1);
            double side = factors ? Math.max(0.05, (maxX - minX) * 0.05) : 0;
            double right = maxX > minX ? maxX : minX + 1;
            return new Range(minX - side, right + side, minY - room, maxY + room, factors);
        }

        /** The value of x at a share of the axis. */
        double valueOfX(double share) {
            double at = minX + (maxX - minX) * share;
            return factors ? Math.pow(10, at) : at;
        }

        double x(double value) {
            double at = factors ? Math.log10(value) : value;
            return LEFT + (at - minX) / (maxX - minX) * (WIDTH - LEFT - RIGHT);
        }

        double y(double value) {
            return HEIGHT - BOTTOM - (value - minY) / (maxY - minY) * (HEIGHT - BOTTOM - TOP);
        }

        Drawing.Point place(Point point) {
            return new Drawing.Point(x(point.x()), y(point.y()));
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

    /** The chart as a picture, with its label above; there must be a point. */
    public Picture picture() {
        int above = 28;
        Picture picture = new Picture(WIDTH, HEIGHT + above);
        picture.text(10, 8, label, 2, Picture.INK);
        drawOn(new PictureDrawing(picture, above));
        return picture;
    }

    private void drawOn(Drawing drawing) {
        Range range = Range.of(series, style == Style.DOTS);
        axes(drawing, range);
        for (int i = 0; i < series.size(); i++) {
            List<Drawing.Point> places =
                    series.get(i).points().stream().map(range::place).toList();
            String colour = colour(i);
            if (style == Style.LINES) {
                drawing.curve(places, colour);
            } else {
                places.forEach(place -> drawing.dot(place, colour));
            }
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
            double x = range.valueOfX((double) i / TICKS);
            drawing.text(new Drawing.Point(range.x(x), HEIGHT - BOTTOM + 18), Drawing.Anchor.MIDDLE, number(x));
        }
    }

    private static String number(double value) {
        double size = Math.abs(value);
        if (size != 0 && size < 0.001) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        boolean whole = size >= 100 || value == Math.rint(value);
        return String.format(Locale.ROOT, whole ? "%,.0f" : "%.3f", value);
    }
}
