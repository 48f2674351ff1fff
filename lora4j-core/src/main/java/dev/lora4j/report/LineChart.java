package dev.lora4j.report;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A line chart, as SVG for a page that loads nothing or as a picture of its own. Immutable.
 *
 * @param label what it shows
 * @param series its lines; those without points are left out
 */
public record LineChart(String label, List<Series> series) {
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

    /** The chart for a page. */
    public String svg() {
        if (series.isEmpty()) {
            return "<p>There is nothing to show.</p>";
        }
        SvgDrawing drawing = new SvgDrawing(ChartRange.WIDTH, ChartRange.HEIGHT, label);
        drawOn(drawing);
        return drawing.end();
    }

    /** The chart as a picture, with its label above; there must be a line. */
    public Picture picture() {
        int above = 28;
        Picture picture = new Picture(ChartRange.WIDTH, ChartRange.HEIGHT + above);
        picture.text(10, 8, label, 2, Picture.INK);
        drawOn(new PictureDrawing(picture, above));
        return picture;
    }

    private void drawOn(Drawing drawing) {
        ChartRange range = ChartRange.of(series, false);
        ChartAxes.draw(drawing, range);
        for (int i = 0; i < series.size(); i++) {
            drawing.curve(series.get(i).points().stream().map(range::place).toList(), ChartAxes.colour(i));
        }
        ChartAxes.legend(drawing, series);
    }
}
