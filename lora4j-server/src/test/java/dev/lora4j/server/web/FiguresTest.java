package dev.lora4j.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers as the page writes them. */
class FiguresTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "1843200, 1.8 MB",
        "999949, 999.9 kB",
        "999960, 1.0 MB",
        "4294967296, 4.3 GB",
        "5000000000000000, 5000.0 TB"
    })
    void bytesAreByThousands(long bytes, String text) {
        assertThat(Figures.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void countsHaveSeparators() {
        assertThat(Figures.count(460_800)).isEqualTo("460,800");
    }

    @Test
    void plainNumbersHaveNoIdleDigits() {
        assertThat(Figures.plain(16)).isEqualTo("16");
        assertThat(Figures.plain(0.001)).isEqualTo("0.001");
    }
}
