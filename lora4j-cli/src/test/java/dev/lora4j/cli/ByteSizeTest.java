package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "12, 12",
        "7B, 7",
        "3kB, 3000",
        "512MB, 512000000",
        "1.5 GB, 1500000000",
        "2gb, 2000000000",
        "1TB, 1000000000000"
    })
    void unitsArePowersOfAThousand(String text, long bytes) {
        assertThat(new ByteSize().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GB", "-1", "much", "1 PB", "1,5GB", "1e9"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> new ByteSize().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("\"" + text + "\" is no size");
    }

    @Test
    void moreThanALongIsRefused() {
        assertThatThrownBy(() -> new ByteSize().convert("99999999TB")).hasMessageContaining("more bytes");
    }
}
