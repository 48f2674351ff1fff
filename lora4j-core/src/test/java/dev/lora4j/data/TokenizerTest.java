package dev.lora4j.data;

import static dev.lora4j.data.SmallTokenizers.END_OF_TEXT;
import static dev.lora4j.data.SmallTokenizers.HE;
import static dev.lora4j.data.SmallTokenizers.IM_END;
import static dev.lora4j.data.SmallTokenizers.IM_START;
import static dev.lora4j.data.SmallTokenizers.LL;
import static dev.lora4j.data.SmallTokenizers.SPACE_W;
import static dev.lora4j.data.SmallTokenizers.THINK;
import static dev.lora4j.data.SmallTokenizers.USER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TokenizerTest {
    @Test
    void mergesBytesAndNeitherTruncatesNorPadsWhateverTheFileSays() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            assertThat(tokenizer.encode("hello world")).containsExactly(HE, LL, 'o', SPACE_W, 'o', 'r', 'l', 'd');
        }
    }

    @Test
    void recognisesSpecialTokensInTextButNotInPlainText() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            assertThat(tokenizer.encode("<|im_start|>he<|im_end|>")).containsExactly(IM_START, HE, IM_END);
            assertThat(tokenizer.encodePlain("he<|im_end|>")).containsExactly(bytes("\u0100<|im_end|>"));
            assertThat(tokenizer.encodePlain("hello")).containsExactly(HE, LL, 'o');
        }
    }

    @Test
    void takesARoleTokenForAControlEvenIfTheFileDoesNotCallItSpecial() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            assertThat(tokenizer.encode("<|user|><think>")).containsExactly(USER, THINK);
            int[] plain = tokenizer.encodePlain("<|user|><think>");
            assertThat(plain).startsWith(bytes("<|user|>")).endsWith(THINK).hasSize(9);
        }
    }

    /** The bytes of ASCII text as tokens, with U+0100 for the token of {@code he}. */
    private static int[] bytes(String text) {
        return text.chars().map(c -> c == '\u0100' ? HE : c).toArray();
    }

    @Test
    void plainTextInBertIsPunctuationAndKeepsTheSpecialsAroundIt() {
        try (Tokenizer tokenizer = SmallTokenizers.words()) {
            assertThat(tokenizer.encodeWithSpecials("The cats [SEP] sat")).containsExactly(2, 4, 5, 7, 3, 6, 3);
            assertThat(tokenizer.encodePlain("The cats [SEP] dog")).containsExactly(4, 5, 7, 8, 10, 9, 1);
            assertThat(tokenizer.plain().encode("[SEP] sat", true).ids()).containsExactly(2, 8, 10, 9, 6, 3);
        }
    }

    @Test
    void tellsTheTextsOfAPairApart() {
        try (Tokenizer tokenizer = SmallTokenizers.words()) {
            EncodedText pair = tokenizer.encodePair("the cat", "sat");
            assertThat(pair.ids()).containsExactly(2, 4, 5, 3, 6, 3);
            assertThat(pair.types()).containsExactly(0, 0, 0, 0, 1, 1);
        }
    }

    @Test
    void decodesWithAndWithoutSpecialTokens() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            int[] ids = {IM_START, HE, LL, 'o', IM_END};
            assertThat(tokenizer.decode(ids, false)).isEqualTo("<|im_start|>hello<|im_end|>");
            assertThat(tokenizer.decode(ids, true)).isEqualTo("hello");
        }
    }

    @Test
    void knowsItsTokens() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            assertThat(tokenizer.vocabularySize()).isEqualTo(264);
            assertThat(tokenizer.tokenText(SPACE_W)).isEqualTo("Ġw");
            assertThat(tokenizer.tokenText(-1)).isEmpty();
            assertThat(tokenizer.tokenText(264)).isEmpty();
            assertThat(tokenizer.eos()).hasValue(IM_END);
            assertThat(tokenizer.pad()).hasValue(END_OF_TEXT);
            assertThat(tokenizer.bos()).isEmpty();
            assertThat(tokenizer.specialIds()).containsExactly(END_OF_TEXT, IM_START, IM_END);
            assertThat(tokenizer.templateVariables())
                    .containsOnly(entry("eos_token", "<|im_end|>"), entry("pad_token", "<|endoftext|>"));
        }
    }

    @Test
    void givesManyThreadsWhatItGivesOne() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            List<String> texts = IntStream.range(0, 2000)
                    .mapToObj(i -> "hello <|im_end|> " + i)
                    .toList();
            List<List<Integer>> together = texts.parallelStream()
                    .map(text ->
                            IntStream.of(tokenizer.encodePlain(text)).boxed().toList())
                    .toList();
            List<List<Integer>> alone = texts.stream()
                    .map(text ->
                            IntStream.of(tokenizer.encodePlain(text)).boxed().toList())
                    .toList();
            assertThat(together).isEqualTo(alone);
            assertThat(alone.get(42)).startsWith(HE, LL, (int) 'o').endsWith((int) '4', (int) '2');
        }
    }

    @Test
    void refusesHalfASurrogatePair() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            assertThatThrownBy(() -> tokenizer.encode("ab\uD83D"))
                    .isInstanceOf(Lora4jException.class)
                    .hasMessageContaining("char 2");
        }
    }

    @Test
    void refusesWhatIsNoTokenizer() {
        assertThatThrownBy(() -> Tokenizer.of("{\"model\": {\"vocab\": {}}}", Optional.empty()))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("no vocabulary");
        assertThatThrownBy(() -> Tokenizer.of("{\"model\": {\"vocab\": {\"a\": 0}}}", Optional.empty()))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("cannot be used");
        assertThatThrownBy(() -> Tokenizer.of("{\"model\": {\"vocab\": {\"a\": 2000000000}}}", Optional.empty()))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("2000000000");
        assertThatThrownBy(() -> Tokenizer.of("{\"model\": {\"vocab\": {\"<0x-1>\": -1}}}", Optional.empty()))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining("<0x-1>");
    }

    @Test
    void streamsTextCharByCharAndNeverHalfOfOne() {
        String text = "hello wörld 日本 \uD83D\uDE00!";
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            TokenStream stream = tokenizer.stream(true);
            StringBuilder streamed = new StringBuilder();
            int pieces = 0;
            for (int id : tokenizer.encode(text)) {
                String piece = stream.next(id);
                assertThat(piece).doesNotContain("\uFFFD");
                pieces += piece.isEmpty() ? 0 : 1;
                streamed.append(piece);
            }
            assertThat(streamed.toString() + stream.finish()).isEqualTo(text);
            assertThat(pieces)
                    .as("one for each char but he, ll and the space before w")
                    .isEqualTo(14);
            assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(25);
        }
    }

    @Test
    void streamsInvalidBytesInTheEnd() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            TokenStream stream = tokenizer.stream(true);
            assertThat(stream.next(HE)).isEqualTo("he");
            assertThat(stream.next(0xE6)).isEmpty();
            assertThat(stream.next(IM_END)).isEmpty();
            assertThat(stream.finish()).isEqualTo("\uFFFD");
        }
    }
}
