package dev.lora4j.data;

import dev.lora4j.template.ChatTemplate;
import java.util.Optional;

/**
 * Makes rows into examples for one kind of model.
 *
 * <p>A text is learned from its second token to the end-of-text token that follows it. Of a prompt and completion the
 * completion and its end are learned, of a conversation what the assistant says, of a labelled text the label.
 *
 * <p>Thread-safe; borrows the tokenizer, which must stay open.
 */
public final class ExampleEncoder {
    private final Task task;
    private final EncodingSettings settings;

    private sealed interface Task {
        record Causal(TextEncoder texts, ChatEncoder chats) implements Task {}

        record Labelled(LabelledEncoder labelled) implements Task {}
    }

    private ExampleEncoder(Task task, EncodingSettings settings) {
        this.task = task;
        this.settings = settings;
    }

    /** For a causal model; a conversation is written by the model's own chat template. */
    public static ExampleEncoder causal(Tokenizer tokenizer, EncodingSettings settings) {
        return causal(tokenizer, tokenizer.chatTemplate(), settings);
    }

    /** For a causal model, with a chat template in the place of its own. */
    public static ExampleEncoder causal(Tokenizer tokenizer, ChatTemplate template, EncodingSettings settings) {
        return causal(tokenizer, Optional.of(template), settings);
    }

    private static ExampleEncoder causal(
            Tokenizer tokenizer, Optional<ChatTemplate> template, EncodingSettings settings) {
        TextEncoder texts = new TextEncoder(tokenizer, settings);
        return new ExampleEncoder(new Task.Causal(texts, new ChatEncoder(tokenizer, template, settings)), settings);
    }

    /** For a classifier. */
    public static ExampleEncoder classification(Tokenizer tokenizer, LabelSet labels, EncodingSettings settings) {
        LabelledEncoder encoder = new LabelledEncoder(tokenizer, Optional.of(labels), settings);
        return new ExampleEncoder(new Task.Labelled(encoder), settings);
    }

    /** For a model that tells a number. */
    public static ExampleEncoder regression(Tokenizer tokenizer, EncodingSettings settings) {
        LabelledEncoder encoder = new LabelledEncoder(tokenizer, Optional.empty(), settings);
        return new ExampleEncoder(new Task.Labelled(encoder), settings);
    }

    /**
     * Makes one row into an example.
     *
     * @throws BadRowException if it cannot be learned from, or is too long and not to be truncated
     */
    public Example encode(Row row, RowOrigin origin) {
        EncodedRow encoded = encodeRow(row, origin);
        if (encoded instanceof EncodedRow.Whole whole) {
            return whole.example();
        }
        if (encoded instanceof EncodedRow.Cut cut) {
            return cut.example();
        }
        throw tooLong((EncodedRow.TooLong) encoded, origin);
    }

    EncodedRow encodeRow(Row row, RowOrigin origin) {
        if (task instanceof Task.Causal causal) {
            if (row instanceof Row.Text text) {
                return causal.texts().text(text, origin);
            }
            if (row instanceof Row.PromptCompletion pair) {
                return causal.texts().promptCompletion(pair, origin);
            }
            if (row instanceof Row.Conversation conversation) {
                return causal.chats().conversation(conversation, origin);
            }
            throw new BadRowException(
                    origin,
                    "has a label, but a language model is trained; choose a classification or regression task, or leave"
                            + " the label column out");
        }
        LabelledEncoder encoder = ((Task.Labelled) task).labelled();
        if (row instanceof Row.Labelled labelled) {
            return encoder.labelled(labelled, origin);
        }
        throw new BadRowException(
                origin, "has no label, but a classification or regression task was chosen; expected text and label");
    }

    /** What to do with rows that are too long. */
    LongRows longRows() {
        return settings.longRows();
    }

    BadRowException tooLong(EncodedRow.TooLong row, RowOrigin origin) {
        return new BadRowException(
                origin,
                "has " + row.length() + " tokens, at most " + settings.maxLength()
                        + " are allowed; raise --max-length, or choose truncate or skip for --on-long-row");
    }
}
