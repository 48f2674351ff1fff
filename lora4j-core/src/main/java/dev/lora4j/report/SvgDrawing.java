package dev.lora4j.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A drawing as SVG inside a page, in the colours of the page. */
final class SvgDrawing implements Drawing {
    private final StringBuilder svg = new StringBuilder();

    SvgDrawing(int width, int height, String label) {
        svg.append(format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", width, height, HtmlReport.escape(label)));
    }

    @Override
    public void grid(double x1, double x2, double y) {
        svg.append(format("<line class=\"grid\" x1=\"%.0f\" x2=\"%.0f\" y1=\"%.1f\" y2=\"%.1f\"/>", x1, x2, y, y));
    }

    @Override
    public void curve(List<Point> points, String colour) {
        List<String> places = new ArrayList<>();
        points.forEach(point -> places.add(format("%.1f,%.1f", point.x(), point.y())));
        svg.append(format(
                "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" points=\"%s\"/>",
                colour, String.join(" ", places)));
    }

    @Override
    public void text(Point at, Anchor anchor, String text) {
        svg.append(format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                at.x(), at.y(), name(anchor), HtmlReport.escape(text)));
    }

    @Override
    public void text(Point at, Anchor anchor, String text, String colour) {
        svg.append(format(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" style=\"fill:%s\">%s</text>",
                at.x(), at.y(), name(anchor), colour, HtmlReport.escape(text)));
    }

    String end() {
        return svg.append("</svg>").toString();
    }

    private static String name(Anchor anchor) {
        return anchor.name().toLowerCase(Locale.ROOT);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
