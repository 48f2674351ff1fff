package dev.lora4j.report;

import java.util.List;
import java.util.Locale;

/** What all charts have around their points: a grid with numbers, and the names of the series in their colours. */
final class ChartAxes {
    private static final int TICKS = 5;
    private static final List<String> COLOURS =
            List.of("#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#4d7c0f", "#57534e");

    private ChartAxes() {}

    static void draw(Drawing drawing, ChartRange range) {
        for (int i = 0; i <= TICKS; i++) {
            double y = range.minY() + (range.maxY() - range.minY()) * i / TICKS;
            drawing.grid(ChartRange.LEFT, ChartRange.WIDTH - ChartRange.RIGHT, range.y(y));
            drawing.text(new Drawing.Point(ChartRange.LEFT - 6, range.y(y) + 4), Drawing.Anchor.END, number(y));
            double x = range.valueOfX((double) i / TICKS);
            drawing.text(
                    new Drawing.Point(range.x(x), ChartRange.HEIGHT - ChartRange.BOTTOM + 18),
                    Drawing.Anchor.MIDDLE,
                    number(x));
        }
    }

    static void legend(Drawing drawing, List<LineChart.Series> series) {
        for (int i = 0; i < series.size(); i++) {
            Drawing.Point place =
                    new Drawing.Point(ChartRange.WIDTH - ChartRange.RIGHT - 6, ChartRange.TOP + 10 + 16.0 * i);
            drawing.text(place, Drawing.Anchor.END, series.get(i).name(), colour(i));
        }
    }

    static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
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
