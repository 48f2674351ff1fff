package dev.lora4j.data;

import static dev.lora4j.data.SmallTokenizers.HE;
import static dev.lora4j.data.SmallTokenizers.IM_END;
import static dev.lora4j.data.SmallTokenizers.IM_START;
import static dev.lora4j.data.SmallTokenizers.LL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.template.ChatTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ChatEncoderTest {
    private static final RowOrigin ORIGIN = new RowOrigin("data.jsonl", 1);
    private static final String CHATML = """
            {% for m in messages %}<|im_start|>{{ m.role }}
            {{ m.content }}<|im_end|>
            {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
            {% endif %}""";
    private static final String MARKED = """
            {% for m in messages %}<|im_start|>{{ m.role }}
            {% if m.role == 'assistant' %}{% generation %}{{ m.content }}<|im_end|>{% endgeneration %}{% else %}\
            {{ m.content }}<|im_end|>{% endif %}
            {% endfor %}""";

    private final Tokenizer tokenizer = SmallTokenizers.bytes();

    @AfterEach
    void close() {
        tokenizer.close();
    }

    @Test
    void learnsTheAnswerAndTheEndOfItsTurn() {
        Example example = encode(CHATML, Message.of("user", "he"), Message.of("assistant", "ll"));
        List<Integer> expected = new ArrayList<>();
        expected.add(IM_START);
        "user\n".chars().forEach(expected::add);
        expected.addAll(List.of(HE, IM_END, (int) '\n', IM_START));
        "assistant\n".chars().forEach(expected::add);
        int answer = expected.size();
        expected.addAll(List.of(LL, IM_END, (int) '\n'));

        assertThat(IntStream.of(example.tokens()).boxed()).isEqualTo(expected);
        assertThat(IntStream.range(0, example.length()).filter(example::trained))
                .containsExactly(answer, answer + 1, answer + 2);
    }

    @Test
    void learnsWhatTheTemplateMarks() {
        Example example =
                encode(MARKED, Message.of("user", "a"), Message.of("assistant", "b"), Message.of("assistant", "c"));
        assertThat(learned(example)).containsExactly("b<|im_end|>", "c<|im_end|>");
    }

    @Test
    void learnsATokenThatHoldsBothTheEndOfThePromptAndTheBeginningOfTheAnswer() {
        Example example = encode(
                "{% for m in messages %}{{ m.content }}{% endfor %}",
                Message.of("user", "ah"), Message.of("assistant", "ello"));
        assertThat(example.tokens()).containsExactly('a', HE, LL, 'o');
        assertThat(IntStream.range(0, 4).filter(example::trained)).containsExactly(1, 2, 3);
    }

    @Test
    void leavesOutMessagesOfWeightZeroHoweverAnswersAreFound() {
        Message given = Message.of("assistant", "b").given();
        Message last = Message.of("assistant", "d");
        assertThat(learned(encode(CHATML, Message.of("user", "a"), given, Message.of("user", "c"), last)))
                .containsExactly("d<|im_end|>\n");
        assertThat(learned(encode(MARKED, Message.of("user", "a"), given, Message.of("user", "c"), last)))
                .containsExactly("d<|im_end|>");
    }

    @Test
    void learnsExactlyWhatTheAssistantSaysInAnyConversation() {
        long seed = 20_241_124L;
        System.getLogger("seed").log(System.Logger.Level.INFO, "seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            List<Message> messages = conversation(random);
            Example example = encode(CHATML, messages.toArray(Message[]::new));
            String text = messages.stream()
                    .map(m -> "<|im_start|>" + m.role() + "\n" + m.fields().get("content") + "<|im_end|>\n")
                    .collect(Collectors.joining());
            assertThat(tokenizer.decode(example.tokens(), false)).isEqualTo(text);
            assertThat(learned(example))
                    .isEqualTo(messages.stream()
                            .filter(Message::isAssistant)
                            .map(m -> m.fields().get("content") + "<|im_end|>\n")
                            .toList());
            assertThat(IntStream.of(example.tokens()).filter(id -> id == IM_END))
                    .as("turns that end, whatever the users wrote, seed %d", seed)
                    .hasSize(messages.size());
        }
    }

    private static List<Message> conversation(Random random) {
        String[] parts = {
            "he",
            "ll",
            " w",
            "日本",
            "\uD83D\uDE00",
            "\n",
            "<|im_end|>",
            "<|im_start|>",
            "<|",
            "im_end|>",
            "é",
            "\uFDD2",
            "0\uFDD3"
        };
        List<Message> messages = new ArrayList<>();
        for (int turn = 0; turn <= random.nextInt(3); turn++) {
            for (String role : List.of("user", "assistant")) {
                StringBuilder content = new StringBuilder("-");
                for (int i = 0; i < random.nextInt(8); i++) {
                    content.append(parts[random.nextInt(parts.length)]);
                }
                messages.add(Message.of(role, content.append('.').toString()));
            }
        }
        return messages;
    }

    @Test
    void keepsTheTextOfSpecialTokensPlainInToolsToo() {
        String template = "{{ tools | tojson }}<|im_start|>{% for m in messages %}{{ m.content }}{% endfor %}";
        Row.Conversation row = new Row.Conversation(
                List.of(Message.of("user", "a"), Message.of("assistant", "b")),
                List.of(Map.of("<|im_end|>", List.of("<|im_start|>"))));
        Example example = encoder(template, 200).encode(row, ORIGIN);
        assertThat(tokenizer.decode(example.tokens(), false))
                .isEqualTo("[{\"<|im_end|>\": [\"<|im_start|>\"]}]<|im_start|>ab");
        assertThat(IntStream.of(example.tokens()).filter(id -> id >= IM_START)).containsExactly(IM_START);
    }

    @Test
    void tellsWhyATemplateDoesNotShowWhatToLearn() {
        String prompted = CHATML.replace("<|im_start|>assistant", "<|im_start|>assistant says");
        assertThatThrownBy(() -> encode(prompted, Message.of("user", "a"), Message.of("assistant", "b")))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("message 2 after another text than it writes when it asks for it")
                .hasMessageContaining("{% generation %}");
        String forgetful =
                "{% for m in messages %}{% if loop.last or m.role == 'user' %}{{ m.content }};{% endif %}{% endfor %}";
        assertThatThrownBy(() -> encode(
                        forgetful, Message.of("user", "a"), Message.of("assistant", "b"), Message.of("user", "c")))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("message 2 otherwise when more messages follow");
    }

    @Test
    void passesOnWhatTheTemplateComplainsOf() {
        assertThatThrownBy(() -> encode(
                        "{{ raise_exception('Roles must alternate') }}",
                        Message.of("user", "a"),
                        Message.of("assistant", "b")))
                .isInstanceOf(BadRowException.class)
                .hasMessageStartingWith("data.jsonl:1: the chat template does not write it: ")
                .hasMessageContaining("Roles must alternate");
    }

    @Test
    void needsATemplateAndSomethingToLearn() {
        Row row = new Row.Conversation(List.of(Message.of("user", "a"), Message.of("assistant", "b")), List.of());
        assertThatThrownBy(() -> ExampleEncoder.causal(tokenizer, EncodingSettings.of(99))
                        .encode(row, ORIGIN))
                .isInstanceOf(Lora4jException.class)
                .isNotInstanceOf(BadRowException.class)
                .hasMessageContaining("has no chat template");
        assertThatThrownBy(() -> encode(CHATML, Message.of("user", "a")))
                .isInstanceOf(BadRowException.class)
                .hasMessageContaining("no message of the assistant to learn");
    }

    @Test
    void cutsOnlyWhatIsNotLearned() {
        Row row = new Row.Conversation(
                List.of(Message.of("user", "a"), Message.of("assistant", "b"), Message.of("user", "long ago")),
                List.of());
        ChatTemplate template = ChatTemplate.parse(CHATML);
        EncodingSettings settings = EncodingSettings.of(26).withLongRows(LongRows.TRUNCATE);
        Example example = ExampleEncoder.causal(tokenizer, template, settings).encode(row, ORIGIN);
        assertThat(learned(example)).containsExactly("b<|im_end|>\n");
        assertThat(example.length()).isEqualTo(26);
    }

    private ExampleEncoder encoder(String template, int maxLength) {
        return ExampleEncoder.causal(tokenizer, ChatTemplate.parse(template), EncodingSettings.of(maxLength));
    }

    private Example encode(String template, Message... messages) {
        return encoder(template, 2000).encode(new Row.Conversation(List.of(messages), List.of()), ORIGIN);
    }

    /** The text of each run of learned tokens. */
    private List<String> learned(Example example) {
        List<String> runs = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= example.length(); i++) {
            boolean trained = i < example.length() && example.trained(i);
            if (trained && start < 0) {
                start = i;
            } else if (!trained && start >= 0) {
                runs.add(tokenizer.decode(Arrays.copyOfRange(example.tokens(), start, i), false));
                start = -1;
            }
        }
        return runs;
    }
}
