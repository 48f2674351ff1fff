package dev.lora4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MaskViewTest {
    private final Tokenizer tokenizer = SmallTokenizers.bytes();
    private final Example example = ExampleEncoder.causal(tokenizer, EncodingSettings.of(99))
            .encode(new Row.PromptCompletion("he w", "é\u001B\n"), new RowOrigin("data.jsonl", 3));

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void putsBracketsAroundWhatIsLearned() {
        assertThat(MaskView.of(tokenizer, false).render(example))
                .isEqualTo("data.jsonl:3: 7 tokens, 5 to be learned\nhe| w[[|é|\\u001b|\\n\n|<|im_end|>]]");
    }

    @Test
    void coloursWhatIsLearned() {
        String green = "\u001B[32m";
        String grey = "\u001B[90m";
        String line = "\u001B[4m";
        String end = "\u001B[0m";
        assertThat(MaskView.of(tokenizer, true).render(example))
                .isEqualTo("data.jsonl:3: 7 tokens, 5 to be learned\n"
                        + grey + "he" + end
                        + grey + line + " w" + end
                        + green + end
                        + green + line + "é" + end
                        + green + "\\u001b" + end
                        + green + line + "\\n\n" + end
                        + green + "<|im_end|>" + end);
        assertThat(MaskView.of(tokenizer, true).legend())
                .isEqualTo(green + "learned" + end + " " + grey + "given" + end);
    }
}
