package dev.lora4j.report;

import java.util.List;

/** A chart's drawing on a picture, below what stands above it there. */
final class PictureDrawing implements Drawing {
    private static final double THICKNESS = 1.8;
    private static final int LETTERS = 1;

    private final Picture picture;
    private final int top;

    PictureDrawing(Picture picture, int top) {
        this.picture = picture;
        this.top = top;
    }

    @Override
    public void grid(double x1, double x2, double y) {
        picture.rectangle((int) x1, (int) Math.round(top + y), (int) (x2 - x1), 1, Picture.FAINT);
    }

    @Override
    public void curve(List<Point> points, String colour) {
        int rgb = rgb(colour);
        for (int i = 0; i < points.size(); i++) {
            Point from = points.get(Math.max(0, i - 1));
            Point to = points.get(i);
            picture.line(from.x(), top + from.y(), to.x(), top + to.y(), THICKNESS, rgb);
        }
    }

    @Override
    public void text(Point at, Anchor anchor, String text) {
        text(at, anchor, text, Picture.INK);
    }

    @Override
    public void text(Point at, Anchor anchor, String text, String colour) {
        text(at, anchor, text, rgb(colour));
    }

    private void text(Point at, Anchor anchor, String text, int colour) {
        int width = Picture.textWidth(text, LETTERS);
        int before = switch (anchor) {
            case START -> 0;
            case MIDDLE -> width / 2;
            case END -> width;
        };
        int baseline = (int) Math.round(top + at.y());
        picture.text(
                (int) Math.round(at.x()) - before, baseline - DotLetters.BASELINE * LETTERS, text, LETTERS, colour);
    }

    private static int rgb(String colour) {
        return Integer.parseInt(colour.substring(1), 16);
    }
}
