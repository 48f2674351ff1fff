package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Example;
import dev.lora4j.data.Message;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.ExactMatch;
import dev.lora4j.evaluation.Question;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.generation.BeamSettings;
import dev.lora4j.generation.FinishReason;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationException;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Generator;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TextGenerator;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Text in and out of the golden llama.
 *
 * <p>Its greedy tokens 17 73 47 1 66 90 37 77 66 91 66 69 read {@code /é<s>`xCk`y`c}, see {@link LetterTokenizer}.
 */
class TextGenerationTest {
    private static final String PROMPT = ">)U8S-L"; // 32 11 55 26 53 15 46
    private static final RowOrigin ORIGIN = new RowOrigin("test", 1);

    private final Golden golden = Golden.of("llama");
    private final LanguageModel model = golden.model();
    private final Tokenizer tokenizer = LetterTokenizer.ending("</s>");
    private final TextGenerator generator = TextGenerator.of(model, tokenizer);
    private final List<String> heard = new ArrayList<>();

    @AfterEach
    void close() {
        tokenizer.close();
        model.close();
        golden.close();
    }

    @Test
    void textIsGivenInPiecesOfWholeCharacters() {
        Generation generation = generator.generate(PROMPT, GenerationSettings.greedy(12), heard::add);
        assertThat(generation.text()).isEqualTo("/é`xCk`y`c");
        assertThat(heard).containsExactly("/", "é", "`", "x", "C", "k", "`", "y", "`", "c");
        assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(generation.promptTokens()).isEqualTo(7);
    }

    /** The best of transformers' texts (parity/make_beam_golden.py) for the same prompt; x, token 90, ends these too. */
    @Test
    void theTextThatBeamsFindIsTransformers() {
        int compared = 0;
        try (Tokenizer ending = LetterTokenizer.ending("x")) {
            TextGenerator other = TextGenerator.of(model, ending);
            Prompt prompt = other.prompt(PROMPT);
            for (JsonNode at : JsonFile.read(Golden.folder("beams.json")).path("cases")) {
                if (at.path("model").asText().equals("llama")
                        && Arrays.equals(Golden.integers(at.path("prompt")), prompt.tokens())) {
                    Generation found = other.search(prompt, beams(at).withStops(Set.of(77)));
                    JsonNode best = at.path("texts").get(0);
                    int[] tokens = Golden.integers(best.path("tokens"));
                    boolean stopped = best.path("stopped").asBoolean();
                    assertThat(found.tokens()).as(at.toString()).isEqualTo(tokens);
                    assertThat(found.finishReason()).isEqualTo(stopped ? FinishReason.STOP : FinishReason.LENGTH);
                    assertThat(found.text())
                            .isEqualTo(ending.decode(Arrays.copyOf(tokens, tokens.length - (stopped ? 1 : 0)), true));
                    assertThat(found.promptTokens()).isEqualTo(7);
                    compared++;
                }
            }
        }
        assertThat(compared).isEqualTo(6);
    }

    private static BeamSettings beams(JsonNode at) {
        return new BeamSettings(
                at.path("beams").asInt(),
                10,
                at.path("length_penalty").asDouble(),
                at.path("ngram").asInt(),
                Set.of());
    }

    @Test
    void theTokenizersEndOfTextEndsIt() {
        try (Tokenizer other = LetterTokenizer.ending("<s>")) {
            Generation generation = TextGenerator.of(model, other).generate(PROMPT, GenerationSettings.greedy(12));
            assertThat(generation.text()).isEqualTo("/é");
            assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
            assertThat(generation.tokens()).containsExactly(17, 73, 47, 1);
        }
    }

    @Test
    void noPartOfAStopStringIsGiven() {
        GenerationSettings settings = GenerationSettings.greedy(12).withStopStrings("xCy", "Ck`");
        Generation generation = generator.generate(PROMPT, settings, heard::add);
        assertThat(generation.text()).isEqualTo("/é`x");
        assertThat(heard).containsExactly("/", "é", "`", "x");
        assertThat(generation.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(generation.tokens()).hasSize(9);
    }

    @Test
    void whatWasHeldBackIsGivenAtTheEnd() {
        GenerationSettings settings = GenerationSettings.greedy(8).withStopStrings("Ck?");
        Generation generation = generator.generate(PROMPT, settings, heard::add);
        assertThat(generation.text()).isEqualTo("/é`xCk");
        assertThat(heard).containsExactly("/", "é", "`", "x", "Ck");
        assertThat(generation.finishReason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void aListenerEndsTheText() {
        Generation generation = generator.generate(PROMPT, GenerationSettings.greedy(12), piece -> {
            heard.add(piece);
            return !piece.equals("é");
        });
        assertThat(generation.finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(generation.text()).isEqualTo("/é");
        assertThat(heard).containsExactly("/", "é");
    }

    @Test
    void aChatGoesThroughTheTemplateAndItsSpecialTokensAreNotTheUsers() {
        assertThat(generator.chatPrompt(List.of(Message.of("user", "AB"))).tokens())
                .containsExactly(35, 36, 3, 2);
        assertThat(generator.chatPrompt(List.of(Message.of("user", "</s>"))).tokens())
                .containsExactly(30, 17, 85, 32, 3, 2);
        int[] prompt = {35, 36, 3, 2};
        int[] tokens = Generator.of(model)
                .generate(prompt, GenerationSettings.greedy(5))
                .tokens();
        Generation answer = generator.chat(List.of(Message.of("user", "AB")), GenerationSettings.greedy(5));
        assertThat(answer.tokens()).containsExactly(tokens);
        assertThatThrownBy(() -> generator.chatPrompt(List.of())).hasMessageContaining("no messages");
    }

    @Test
    void stopStringsWithoutATokenizerAreRefused() {
        assertThatThrownBy(() -> Generator.of(model)
                        .generate(new int[] {3}, GenerationSettings.greedy(1).withStopStrings("x")))
                .isInstanceOf(GenerationException.class)
                .hasMessageContaining("tokenizer");
    }

    @Test
    void aListenerThatThrowsLeavesNoNativeObjects() {
        generator.generate(PROMPT, GenerationSettings.greedy(3));
        long before = Scope.liveObjects();
        assertThatThrownBy(() -> generator.generate(PROMPT, GenerationSettings.greedy(12), piece -> {
                    throw new IllegalStateException(piece);
                }))
                .hasMessage("/");
        assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
    }

    @Test
    void exactMatchComparesTheTextApartFromSpaceAroundIt() {
        try (Adapter adapter = AdapterFolder.read(golden.folder.resolve("adapter"), model)) {
            int[] prompt = tokenizer.encode(PROMPT);
            List<Question> questions = List.of(new Question(prompt, " /é`\n"), new Question(prompt, "/é"));
            ExactMatch base = ExactMatch.of(model, Optional.empty(), tokenizer, questions, 5);
            assertThat(base.answers().get(0)).isEqualTo(new ExactMatch.Answer(" /é`\n", "/é`"));
            assertThat(base.right()).isEqualTo(1);
            assertThat(base.accuracy()).isEqualTo(0.5);
            // with PEFT's adapter the tokens are 17 68 95 37
            ExactMatch adapted =
                    ExactMatch.of(model, Optional.of(adapter), tokenizer, List.of(new Question(prompt, "/b}C")), 4);
            assertThat(adapted.right()).isEqualTo(1);
        }
    }

    @Test
    void manyQuestionsKeepTheirOrder() {
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            questions.add(new Question(tokenizer.encode(i % 3 == 0 ? PROMPT : "A"), i % 3 == 0 ? "/é`x" : "no"));
        }
        ExactMatch match = ExactMatch.of(model, Optional.empty(), tokenizer, questions, 6);
        for (int i = 0; i < 40; i++) {
            assertThat(match.answers().get(i).isRight()).as("question %d", i).isEqualTo(i % 3 == 0);
        }
    }

    @Test
    void theLastAnswerOfAnExampleIsTheQuestion() {
        BitSet trained = new BitSet();
        trained.set(2);
        trained.set(4, 7);
        Example example = Example.causal(new int[] {35, 36, 37, 38, 39, 40, 2, 41}, trained, ORIGIN);
        Question question = Question.of(example, tokenizer);
        assertThat(question.prompt()).containsExactly(35, 36, 37, 38);
        assertThat(question.reference()).isEqualTo("EF");
    }
}
