package dev.lora4j.report;

import java.util.List;
import java.util.Locale;

/**
 * Heat maps of values from 0 to 1 side by side, with one scale of colours for all. Immutable.
 *
 * @param title of them all
 * @param rows what a row is, such as {@code i}; numbered from 1, downwards
 * @param columns what a column is
 * @param panels in the order in which they are shown
 */
public record HeatMaps(String title, String rows, String columns, List<Panel> panels) {
    /** Dark to bright, equally far apart to the eye (the colours of viridis). */
    private static final int[] SCALE = {
        0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725
    };

    private static final int MARGIN = 12;
    private static final int AXIS = 40;
    private static final int HEADING = 36;
    private static final int ABOVE = 18;
    private static final int LARGEST = 320; // pixels of a panel
    private static final int FEW = 9;

    /** Copies the list; there must be a panel. */
    public HeatMaps {
        panels = List.copyOf(panels);
        if (panels.isEmpty()) {
            throw new IllegalArgumentException("there is no heat map to draw in \"" + title + "\"");
        }
    }

    /**
     * One heat map.
     *
     * @param name such as {@code layer 3}
     * @param values [rows][columns], each row as long as the first
     */
    public record Panel(String name, List<List<Double>> values) {
        /** Copies the lists. */
        public Panel {
            values = values.stream().map(List::copyOf).toList();
        }

        int columns() {
            return values.get(0).size();
        }
    }

    /** The colour of a value, 0xRRGGBB; what lies outside 0 to 1 gets the nearest. */
    static int colour(double value) {
        double place = Math.max(0, Math.min(1, value)) * (SCALE.length - 1);
        int below = Math.min(SCALE.length - 2, (int) place);
        return Picture.mix(SCALE[below], SCALE[below + 1], place - below);
    }

    /** All of them as one picture. */
    public Picture picture() {
        int columnsOfAll = panels.stream().mapToInt(Panel::columns).max().orElseThrow();
        int rowsOfAll =
                panels.stream().mapToInt(panel -> panel.values().size()).max().orElseThrow();
        Cell cell = Cell.of(rowsOfAll, columnsOfAll);
        int wide = AXIS + columnsOfAll * cell.width() + MARGIN;
        int high = ABOVE + rowsOfAll * cell.height() + AXIS;
        int across = Math.min(panels.size(), panels.size() > FEW ? 5 : 4);
        int down = (panels.size() + across - 1) / across;
        int least = Picture.textWidth(title, 2) + 2 * MARGIN;
        Picture picture =
                new Picture(Math.max(least, MARGIN + across * wide + AXIS + MARGIN), HEADING + down * high + MARGIN);
        picture.text(MARGIN, MARGIN - 2, title, 2, Picture.INK);
        for (int i = 0; i < panels.size(); i++) {
            int left = MARGIN + i % across * wide + AXIS;
            int top = HEADING + i / across * high + ABOVE;
            draw(picture, panels.get(i), left, top, cell);
        }
        scale(picture, MARGIN + across * wide + 4, HEADING + ABOVE, Math.max(60, rowsOfAll * cell.height()));
        return picture;
    }

    /** The size of one value's rectangle. */
    private record Cell(int width, int height) {
        static Cell of(int rows, int columns) {
            int width = Math.max(1, Math.min(24, LARGEST / columns));
            int height = Math.max(1, Math.min(Math.max(width, 14), LARGEST / rows));
            return new Cell(width, height);
        }
    }

    private void draw(Picture picture, Panel panel, int left, int top, Cell cell) {
        picture.text(left, top - 12, panel.name(), 1, Picture.INK);
        for (int i = 0; i < panel.values().size(); i++) {
            for (int j = 0; j < panel.columns(); j++) {
                int colour = colour(panel.values().get(i).get(j));
                picture.rectangle(
                        left + j * cell.width(), top + i * cell.height(), cell.width(), cell.height(), colour);
            }
        }
        String lastRow = Integer.toString(panel.values().size());
        String lastColumn = Integer.toString(panel.columns());
        int bottom = top + panel.values().size() * cell.height();
        int right = left + panel.columns() * cell.width();
        int middle = (top + bottom) / 2 - 4;
        picture.text(left - 6 - Picture.textWidth("1", 1), top, "1", 1, Picture.INK);
        picture.text(left - 6 - Picture.textWidth(rows, 1), middle, rows, 1, Picture.INK);
        picture.text(left - 6 - Picture.textWidth(lastRow, 1), bottom - 8, lastRow, 1, Picture.INK);
        picture.text(left, bottom + 5, "1", 1, Picture.INK);
        picture.text((left + right - Picture.textWidth(columns, 1)) / 2, bottom + 5, columns, 1, Picture.INK);
        picture.text(right - Picture.textWidth(lastColumn, 1), bottom + 5, lastColumn, 1, Picture.INK);
    }

    private static void scale(Picture picture, int left, int top, int height) {
        for (int y = 0; y < height; y++) {
            picture.rectangle(left, top + y, 10, 1, colour(1 - y / (height - 1.0)));
        }
        for (double value : new double[] {0, 0.5, 1}) {
            int y = (int) Math.round(top + (1 - value) * (height - 1));
            picture.text(left + 14, y - 3, String.format(Locale.ROOT, "%.1f", value), 1, Picture.INK);
        }
    }
}
