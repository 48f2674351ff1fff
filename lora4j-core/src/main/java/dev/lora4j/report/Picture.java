package dev.lora4j.report;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A picture of pixels that becomes a PNG file; begins white. Confined to one thread.
 *
 * <p>It needs no display and no fonts, which servers and containers often lack, and the same calls give the same bytes:
 * letters are {@link DotLetters}, and nothing of AWT but the image itself is used.
 */
public final class Picture {
    static final int INK = 0x374151;
    static final int FAINT = 0xE5E7EB;
    private static final int WHITE = 0xFFFFFF;

    private final BufferedImage image;

    Picture(int width, int height) {
        image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        rectangle(0, 0, width, height, WHITE);
    }

    /** Width in pixels. */
    public int width() {
        return image.getWidth();
    }

    /** Height in pixels. */
    public int height() {
        return image.getHeight();
    }

    /** The colour of a pixel, 0xRRGGBB. */
    int colour(int x, int y) {
        return image.getRGB(x, y) & WHITE;
    }

    void rectangle(int left, int top, int width, int height, int colour) {
        for (int y = Math.max(0, top); y < Math.min(height(), top + height); y++) {
            for (int x = Math.max(0, left); x < Math.min(width(), left + width); x++) {
                image.setRGB(x, y, colour);
            }
        }
    }

    /** A text whose upper left corner is at the point. */
    void text(int left, int top, String text, int size, int colour) {
        for (int i = 0; i < text.length(); i++) {
            for (int column = 0; column < DotLetters.COLUMNS; column++) {
                for (int row = 0; row < DotLetters.ROWS; row++) {
                    if (DotLetters.isInk(text.charAt(i), column, row)) {
                        int x = left + (i * (DotLetters.COLUMNS + 1) + column) * size;
                        rectangle(x, top + row * size, size, size, colour);
                    }
                }
            }
        }
    }

    /** Pixels that a text is wide. */
    static int textWidth(String text, int size) {
        return Math.max(0, text.length() * (DotLetters.COLUMNS + 1) - 1) * size;
    }

    /** A straight line of a thickness, with soft edges. */
    void line(double x1, double y1, double x2, double y2, double thickness, int colour) {
        double dx = x2 - x1;
        double dy = y2 - y1;
        double squared = dx * dx + dy * dy;
        int bottom = (int) Math.min(height() - 1, Math.max(y1, y2) + thickness + 1);
        int right = (int) Math.min(width() - 1, Math.max(x1, x2) + thickness + 1);
        for (int y = (int) Math.max(0, Math.min(y1, y2) - thickness); y <= bottom; y++) {
            for (int x = (int) Math.max(0, Math.min(x1, x2) - thickness); x <= right; x++) {
                double along = squared == 0 ? 0 : ((x - x1) * dx + (y - y1) * dy) / squared;
                double nearest = Math.max(0, Math.min(1, along));
                double distance = Math.hypot(x - x1 - nearest * dx, y - y1 - nearest * dy);
                double cover = Math.max(0, Math.min(1, thickness / 2 + 0.5 - distance));
                if (cover > 0) {
                    image.setRGB(x, y, mix(colour(x, y), colour, cover));
                }
            }
        }
    }

    /** A colour between two: the first at 0, the second at 1. */
    static int mix(int first, int second, double share) {
        int mixed = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = first >> shift & 0xFF;
            int to = second >> shift & 0xFF;
            mixed = mixed << 8 | (int) Math.round(from + (to - from) * share);
        }
        return mixed;
    }

    /** The bytes of the PNG file. */
    public byte[] png() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing leaves memory here
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
