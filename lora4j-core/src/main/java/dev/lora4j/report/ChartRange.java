package dev.lora4j.report;

import java.util.List;

/**
 * What a chart's axes show, and where on the picture a value lies.
 *
 * @param logarithmic whether x goes up by factors
 */
record ChartRange(double minX, double maxX, double minY, double maxY, boolean logarithmic) {
    static final int WIDTH = 640;
    static final int HEIGHT = 260;
    static final int LEFT = 62;
    static final int RIGHT = 12;
    static final int BOTTOM = 34;
    static final int TOP = 12;

    static ChartRange of(List<LineChart.Series> series, boolean logarithmic) {
        double minX = Double.POSITIVE_INFINITY;
        double maxX = Double.NEGATIVE_INFINITY;
        double minY = Double.POSITIVE_INFINITY;
        double maxY = Double.NEGATIVE_INFINITY;
        for (LineChart.Series each : series) {
            for (LineChart.Point point : each.points()) {
                double x = logarithmic ? Math.log10(point.x()) : point.x();
                minX = Math.min(minX, x);
                maxX = Math.max(maxX, x);
                minY = Math.min(minY, point.y());
                maxY = Math.max(maxY, point.y());
            }
        }
        double room = maxY > minY ? (maxY - minY) * 0.05 : Math.max(1e-9, Math.abs(maxY) * 0.1);
        double side = logarithmic ? Math.max(0.05, (maxX - minX) * 0.05) : 0;
        double right = maxX > minX ? maxX : minX + 1;
        return new ChartRange(minX - side, right + side, minY - room, maxY + room, logarithmic);
    }

    /** The value of x at a share of the axis. */
    double valueOfX(double share) {
        double at = minX + (maxX - minX) * share;
        return logarithmic ? Math.pow(10, at) : at;
    }

    /** Where on a drawing a point lies. */
    Drawing.Point place(LineChart.Point point) {
        return new Drawing.Point(x(point.x()), y(point.y()));
    }

    double x(double value) {
        double at = logarithmic ? Math.log10(value) : value;
        return LEFT + (at - minX) / (maxX - minX) * (WIDTH - LEFT - RIGHT);
    }

    double y(double value) {
        return HEIGHT - BOTTOM - (value - minY) / (maxY - minY) * (HEIGHT - BOTTOM - TOP);
    }
}
