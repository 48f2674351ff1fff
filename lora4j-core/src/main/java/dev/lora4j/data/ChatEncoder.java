package dev.lora4j.data;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.template.ChatTemplate;
import dev.lora4j.template.ChatTemplate.Span;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Conversations as tokens for a causal model, by its chat template.
 *
 * <p>The text is tokenized as a whole, once, so that the tokens are those of transformers' {@code apply_chat_template}.
 */
final class ChatEncoder {
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final EncodingSettings settings;

    ChatEncoder(Tokenizer tokenizer, Optional<ChatTemplate> template, EncodingSettings settings) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.settings = settings;
    }

    EncodedRow conversation(Row.Conversation row, RowOrigin origin) {
        if (row.messages().stream().noneMatch(Message::learned)) {
            throw new BadRowException(
                    origin, "has no message of the assistant to learn; add one, or give one of them weight 1");
        }
        UserText userText = new UserText(tokenizer.plain());
        Row.Conversation guarded = userText.guard(row);
        ChatRenderer renderer = new ChatRenderer(template(), tokenizer.templateVariables(), guarded);
        AnswerSpans answers = AnswerSpans.of(renderer, guarded.messages(), origin);
        UserText.Restored restored = userText.restore(answers.text());
        EncodedText encoded = restored.secret()
                ? tokenizer.plain().encode(restored.text(), false)
                : tokenizer.encoded(restored.text());
        BitSet trained = positions(answers.spans(), restored, encoded);
        return new CausalTokens(encoded.ids(), trained, true).fit(settings, origin);
    }

    private ChatTemplate template() {
        return template.orElseThrow(() -> new Lora4jException(tokenizer.source()
                + ": has no chat template, but the data has messages; give one with --chat-template, or write the rows"
                + " as prompt and completion"));
    }

    private static BitSet positions(List<Span> spans, UserText.Restored restored, EncodedText encoded) {
        BitSet positions = new BitSet();
        for (Span span : spans) {
            encoded.spans().addOverlapping(restored.at(span.start()), restored.at(span.end()), positions);
        }
        return positions;
    }
}
