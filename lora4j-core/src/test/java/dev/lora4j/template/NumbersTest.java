package dev.lora4j.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    /** Python's repr of numbers whose shortest form is hard to find, most of them powers of two. */
    @ParameterizedTest
    @CsvSource({
        "0x1.0p122, 5.316911983139664e+36",
        "0x1.0p863, 6.150157786156811e+259",
        "0x1.0p-1017, 7.120236347223045e-307",
        "0x1.0p-645, 6.84940421565126e-195",
        "0x1.0p-44, 5.684341886080802e-14",
        "0x1.0p-1074, 5e-324",
        "0x1.fffffffffffffp1023, 1.7976931348623157e+308",
        "2.0E-3, 0.002",
        "1.0E23, 1e+23",
        "1.0E16, 1e+16",
        "9007199254740993, 9007199254740992.0",
        "0.0001, 0.0001",
        "0.00001, 1e-05",
        "-0.0, -0.0"
    })
    void writesRealNumbersAsPythonDoes(double number, String expected) {
        assertThat(Numbers.format(number)).isEqualTo(expected);
    }

    @Test
    void readsBackEveryNumberItWrites() {
        long seed = 20260307;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            double number = Double.longBitsToDouble(random.nextLong());
            if (!Double.isNaN(number) && !Double.isInfinite(number)) {
                assertThat(Double.parseDouble(Numbers.format(number)))
                        .as("seed " + seed + ", number " + i)
                        .isEqualTo(number);
            }
        }
    }
}
