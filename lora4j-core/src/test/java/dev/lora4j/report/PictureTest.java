package dev.lora4j.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static final int WHITE = 0xFFFFFF;

    private static BufferedImage decoded(Picture picture) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(picture.png()));
    }

    private static long count(BufferedImage image, int colour) {
        long count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += (image.getRGB(x, y) & WHITE) == colour ? 1 : 0;
            }
        }
        return count;
    }

    @Test
    void eachValueOfAHeatMapIsARectangleOfItsColour() throws IOException {
        HeatMaps.Panel panel = new HeatMaps.Panel("layer 0", List.of(List.of(0.0, 1.0), List.of(0.5, 2.0)));
        Picture picture = new HeatMaps("phi", "i", "j", List.of(panel)).picture();
        BufferedImage image = decoded(picture);
        assertThat(image.getWidth()).isEqualTo(picture.width());
        assertThat(image.getHeight()).isEqualTo(picture.height());
        int side = 24; // of a cell, since there are few
        assertThat(image.getRGB(52 + side / 2, 54 + side / 2) & WHITE).isEqualTo(0x440154);
        assertThat(image.getRGB(52 + 3 * side / 2, 54 + side / 2) & WHITE).isEqualTo(0xFDE725);
        assertThat(image.getRGB(52 + side / 2, 54 + 3 * side / 2) & WHITE).isEqualTo(HeatMaps.colour(0.5));
        assertThat(image.getRGB(52 + 3 * side / 2, 54 + 3 * side / 2) & WHITE).isEqualTo(0xFDE725);
        assertThat(image.getRGB(52 + 2 * side, 54) & WHITE).isEqualTo(WHITE);
    }

    @Test
    void coloursLieBetweenThoseOfTheScale() {
        assertThat(HeatMaps.colour(0)).isEqualTo(0x440154);
        assertThat(HeatMaps.colour(1.0 / 9)).isEqualTo(0x482878);
        assertThat(Picture.mix(0x000000, 0x204060, 0.5)).isEqualTo(0x102030);
    }

    @Test
    void aCurveIsDrawnInItsColourAndNamedInIt() throws IOException {
        LineChart chart = new LineChart(
                "Loss <by> step",
                List.of(
                        LineChart.Series.counted("a & b", List.of(3.0, 2.0, 1.0)),
                        new LineChart.Series("empty", List.of())));
        assertThat(chart.series()).hasSize(1);
        BufferedImage image = decoded(chart.picture());
        assertThat(count(image, 0x2563EB)).isGreaterThan(500); // a line of some 600 pixels from left to right
        assertThat(count(image, 0xD97706)).isZero(); // the colour of a second one
        assertThat(chart.svg())
                .contains("aria-label=\"Loss &lt;by&gt; step\"")
                .contains("a &amp; b")
                .doesNotContain("empty");
    }

    @Test
    void theSamePictureHasTheSameBytes() {
        LineChart chart = new LineChart("x", List.of(LineChart.Series.counted("y", List.of(1.0, 2.0))));
        assertThat(chart.picture().png()).isEqualTo(chart.picture().png());
    }

    @Test
    void lettersAreMadeOfDots() {
        for (int row = 0; row < 7; row++) {
            assertThat(DotLetters.isInk('L', 0, row)).isTrue();
            assertThat(DotLetters.isInk('L', 4, row)).isEqualTo(row == 6);
        }
        for (int column = 0; column < DotLetters.COLUMNS; column++) {
            assertThat(DotLetters.isInk('-', column, 3)).isTrue();
            assertThat(DotLetters.isInk('φ', column, 0)).isEqualTo(DotLetters.isInk('?', column, 0));
            assertThat(DotLetters.isInk('~', column, 7)).isFalse();
        }
    }

    @Test
    void aPageCarriesItsPicturesInItself() {
        Picture picture = new Picture(2, 3);
        assertThat(new HtmlReport("page").picture("a \"map\"", picture).html())
                .contains("<img alt=\"a &quot;map&quot;\" width=\"2\" height=\"3\" src=\"data:image/png;base64,iVBOR")
                .doesNotContain("http");
    }

    @Test
    void noHeatMapsAreNoPicture() {
        assertThatThrownBy(() -> new HeatMaps("phi", "i", "j", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no heat map to draw in \"phi\"");
    }
}
