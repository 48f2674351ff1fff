package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GgmlTypeTest {

    /** Numbers of gguf.constants.GGMLQuantizationType and GGML_QUANT_SIZES, gguf 0.19.0. */
    @ParameterizedTest
    @CsvSource({
        "0, F32, 1, 4",
        "1, F16, 1, 2",
        "2, Q4_0, 32, 18",
        "3, Q4_1, 32, 20",
        "6, Q5_0, 32, 22",
        "7, Q5_1, 32, 24",
        "8, Q8_0, 32, 34",
        "10, Q2_K, 256, 84",
        "11, Q3_K, 256, 110",
        "12, Q4_K, 256, 144",
        "13, Q5_K, 256, 176",
        "14, Q6_K, 256, 210",
        "20, IQ4_NL, 32, 18",
        "24, I8, 1, 1",
        "25, I16, 1, 2",
        "26, I32, 1, 4",
        "27, I64, 1, 8",
        "28, F64, 1, 8",
        "30, BF16, 1, 2"
    })
    void hasTheNumbersOfTheFormat(long id, GgmlType expected, int elements, int bytes) {
        assertThat(GgmlType.of(id)).contains(expected);
        assertThat(expected.blockElements()).isEqualTo(elements);
        assertThat(expected.blockBytes()).isEqualTo(bytes);
        expected.elementType().ifPresent(type -> assertThat(type.bytes()).isEqualTo(bytes));
    }
}
