package dev.lora4j.report;

import java.util.List;

/**
 * Points over an axis that goes up by factors, as SVG for a page that loads nothing. Immutable.
 *
 * @param label what it shows
 * @param series points of one colour each, x above 0; those without points are left out
 */
public record DotChart(String label, List<LineChart.Series> series) {
    /** Leaves out series without points. */
    public DotChart {
        series = series.stream().filter(each -> !each.points().isEmpty()).toList();
    }

    String svg() {
        if (series.isEmpty()) {
            return "<p>There is nothing to show.</p>";
        }
        SvgDrawing drawing = new SvgDrawing(ChartRange.WIDTH, ChartRange.HEIGHT, label);
        ChartRange range = ChartRange.of(series, true);
        ChartAxes.draw(drawing, range);
        for (int i = 0; i < series.size(); i++) {
            String colour = ChartAxes.colour(i);
            series.get(i).points().forEach(point -> drawing.dot(range.place(point), colour));
        }
        ChartAxes.legend(drawing, series);
        return drawing.end();
    }
}
