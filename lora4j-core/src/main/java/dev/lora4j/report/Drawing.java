package dev.lora4j.report;

import java.util.List;

/** What a chart is drawn on; x grows to the right and y downwards, in pixels of a picture or units of an SVG. */
interface Drawing {
    /** Where a text's point is. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    /** A place on it. */
    record Point(double x, double y) {}

    /** A thin line across, behind the curves. */
    void grid(double x1, double x2, double y);

    /** A curve. */
    void curve(List<Point> points, String colour);

    /** A text whose base line is at the point, in the usual colour. */
    void text(Point at, Anchor anchor, String text);

    /** A text in the colour of the curve that it names. */
    void text(Point at, Anchor anchor, String text, String colour);
}
