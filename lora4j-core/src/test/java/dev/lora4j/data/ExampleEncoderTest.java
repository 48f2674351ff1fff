package dev.lora4j.data;

import static dev.lora4j.data.SmallTokenizers.HE;
import static dev.lora4j.data.SmallTokenizers.IM_END;
import static dev.lora4j.data.SmallTokenizers.LL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.Lora4jException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ExampleEncoderTest {
    private static final RowOrigin ORIGIN = new RowOrigin("data.jsonl", 1);

    private final Tokenizer bytes = SmallTokenizers.bytes();
    private final Tokenizer words = SmallTokenizers.words();

    @AfterEach
    void close() {
        bytes.close();
        words.close();
    }

    @Test
    void learnsATextFromItsSecondTokenToItsEnd() {
        Example example = causal(EncodingSettings.of(9)).encode(new Row.Text("hello"), ORIGIN);
        assertThat(example.tokens()).containsExactly(HE, LL, 'o', IM_END);
        assertThat(learned(example)).containsExactly(1, 2, 3);
    }

    @Test
    void endsATextOnceOrNotAtAll() {
        Row row = new Row.Text("he<|im_end|>");
        assertThat(causal(EncodingSettings.of(9)).encode(row, ORIGIN).tokens()).containsExactly(HE, IM_END);
        Example open = causal(EncodingSettings.of(9).withEndOfText(false)).encode(new Row.Text("hello"), ORIGIN);
        assertThat(open.tokens()).containsExactly(HE, LL, 'o');
    }

    @Test
    void keepsSpecialTokensInTextPlainIfAsked() {
        Example example = causal(EncodingSettings.of(99).withPlainText(true))
                .encode(new Row.PromptCompletion("a<|im_end|>", "<|im_end|>"), ORIGIN);
        assertThat(IntStream.of(example.tokens()).filter(id -> id == IM_END)).hasSize(1);
        assertThat(example.token(example.length() - 1)).isEqualTo(IM_END);
        assertThat(bytes.decode(example.tokens(), false)).isEqualTo("a<|im_end|><|im_end|><|im_end|>");
    }

    @Test
    void learnsACompletionAndItsEndTokenizedApartFromThePrompt() {
        Example example = causal(EncodingSettings.of(9)).encode(new Row.PromptCompletion("ah", "ello"), ORIGIN);
        assertThat(example.tokens()).containsExactly('a', 'h', 'e', LL, 'o', IM_END);
        assertThat(learned(example)).containsExactly(2, 3, 4, 5);
    }

    @Test
    void leavesOutWhatTheTokenizerPutsAfterAPrompt() {
        ExampleEncoder encoder =
                ExampleEncoder.causal(words, EncodingSettings.of(9).withEndOfText(false));
        assertThat(encoder.encode(new Row.PromptCompletion("the cat", "sat"), ORIGIN)
                        .tokens())
                .containsExactly(2, 4, 5, 6);
    }

    @Test
    void cannotEndTextsWithoutAToken() {
        ExampleEncoder encoder = ExampleEncoder.causal(words, EncodingSettings.of(9));
        assertThatThrownBy(() -> encoder.encode(new Row.Text("the cat"), ORIGIN))
                .isInstanceOf(Lora4jException.class)
                .isNotInstanceOf(BadRowException.class)
                .hasMessageContaining("names no eos_token");
    }

    @Test
    void treatsATextThatIsTooLongAsAsked() {
        Row row = new Row.Text("hello");
        assertThatThrownBy(() -> causal(EncodingSettings.of(3)).encode(row, ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:1: has 4 tokens, at most 3 are allowed; raise --max-length");
        EncodingSettings cut = EncodingSettings.of(3).withLongRows(LongRows.TRUNCATE);
        assertThat(causal(cut).encode(row, ORIGIN).tokens()).containsExactly(HE, LL, 'o');
        assertThat(causal(EncodingSettings.of(3).withLongRows(LongRows.SKIP)).encodeRow(row, ORIGIN))
                .isEqualTo(new EncodedRow.TooLong(4));
    }

    @Test
    void neverCutsIntoACompletion() {
        EncodingSettings cut = EncodingSettings.of(5).withLongRows(LongRows.TRUNCATE);
        assertThatThrownBy(() -> causal(cut).encode(new Row.PromptCompletion("ah", "ello"), ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("has 6 tokens, and cutting it to 5 would cut into what is to be learned");
    }

    @Test
    void labelsTextsAndPairs() {
        ExampleEncoder encoder = classifier(EncodingSettings.of(9));
        Example one = encoder.encode(new Row.Labelled("the cat", Optional.empty(), "yes"), ORIGIN);
        assertThat(one.tokens()).containsExactly(2, 4, 5, 3);
        assertThat(one.label()).hasValue(1);
        Example two = encoder.encode(new Row.Labelled("the cat", Optional.of("sat"), "no"), ORIGIN);
        assertThat(two.tokens()).containsExactly(2, 4, 5, 3, 6, 3);
        assertThat(IntStream.range(0, 6).map(two::type)).containsExactly(0, 0, 0, 0, 1, 1);
        assertThat(two.label()).hasValue(0);
    }

    @Test
    void keepsSpecialTokensInLabelledTextPlainIfAsked() {
        ExampleEncoder encoder = classifier(EncodingSettings.of(19).withPlainText(true));
        Example one = encoder.encode(new Row.Labelled("the [SEP]", Optional.empty(), "yes"), ORIGIN);
        assertThat(one.tokens()).containsExactly(2, 4, 8, 10, 9, 3);
        Example two = encoder.encode(new Row.Labelled("a", Optional.of("[SEP] b"), "yes"), ORIGIN);
        assertThat(two.tokens()).containsExactly(2, 11, 3, 8, 10, 9, 12, 3);
        assertThat(two.type(3)).isEqualTo(1);
    }

    @Test
    void namesTheLabelsThatItKnows() {
        assertThatThrownBy(() -> classifier(EncodingSettings.of(9))
                        .encode(new Row.Labelled("the", Optional.empty(), "maybe"), ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessage("data.jsonl:1: has label \"maybe\", expected one of [no, yes]");
    }

    @Test
    void readsANumberAsScore() {
        ExampleEncoder encoder = ExampleEncoder.regression(words, EncodingSettings.of(9));
        assertThat(encoder.encode(new Row.Labelled("the", Optional.empty(), "3.8"), ORIGIN)
                        .score())
                .hasValue(3.8);
        assertThatThrownBy(() -> encoder.encode(new Row.Labelled("the", Optional.empty(), "good"), ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("\"good\", expected a number");
    }

    @Test
    void cutsTheLongerTextOfAPairFirstAndKeepsWhatIsAroundThem() {
        EncodingSettings cut = EncodingSettings.of(7).withLongRows(LongRows.TRUNCATE);
        Example example = classifier(cut).encode(new Row.Labelled("a b c d", Optional.of("the cat"), "yes"), ORIGIN);
        // room for 4 of 6: transformers' longest_first leaves two of each
        assertThat(example.tokens()).containsExactly(2, 11, 12, 3, 4, 5, 3);
        assertThat(IntStream.range(0, 7).map(example::type)).containsExactly(0, 0, 0, 0, 1, 1, 1);
        Example single = classifier(cut).encode(new Row.Labelled("a b c d the cat", Optional.empty(), "yes"), ORIGIN);
        assertThat(single.tokens()).containsExactly(2, 11, 12, 13, 14, 4, 3);
    }

    @Test
    void keepsLabelsAndTextsOutOfTheWrongTask() {
        assertThatThrownBy(() ->
                        causal(EncodingSettings.of(9)).encode(new Row.Labelled("a", Optional.empty(), "yes"), ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("has a label, but a language model is trained");
        assertThatThrownBy(() -> classifier(EncodingSettings.of(9)).encode(new Row.Text("a"), ORIGIN))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("has no label");
    }

    private ExampleEncoder causal(EncodingSettings settings) {
        return ExampleEncoder.causal(bytes, settings);
    }

    private ExampleEncoder classifier(EncodingSettings settings) {
        return ExampleEncoder.classification(words, new LabelSet(List.of("no", "yes")), settings);
    }

    private static IntStream learned(Example example) {
        return IntStream.range(0, example.length()).filter(example::trained);
    }
}
