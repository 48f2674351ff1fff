package dev.lora4j.data;

import dev.lora4j.template.ChatTemplate.Rendering;
import dev.lora4j.template.ChatTemplate.Span;
import dev.lora4j.template.TemplateException;
import java.util.ArrayList;
import java.util.List;

/**
 * The text of a conversation, and where in it stands what is to be learned.
 *
 * <p>Where the template marks it with {@code {% generation %}}, that is it. Otherwise an answer is what comes after the text
 * that the model is given when it is asked for it: the template's text of the messages before, with the generation prompt.
 */
record AnswerSpans(String text, List<Span> spans) {
    AnswerSpans {
        spans = List.copyOf(spans);
    }

    static AnswerSpans of(ChatRenderer renderer, List<Message> messages, RowOrigin origin) {
        try {
            Rendering whole = renderer.whole();
            List<Span> spans = whole.generated().isEmpty()
                    ? byPrefixes(renderer, messages, whole.text(), origin)
                    : marked(whole.generated(), messages, origin);
            return new AnswerSpans(whole.text(), spans);
        } catch (TemplateException e) {
            throw new BadRowException(origin, "the chat template does not write it: " + e.getMessage(), e);
        }
    }

    private static List<Span> marked(List<Span> generated, List<Message> messages, RowOrigin origin) {
        List<Message> answers = messages.stream().filter(Message::isAssistant).toList();
        if (answers.stream().allMatch(Message::learned)) {
            return generated;
        }
        if (answers.size() != generated.size()) {
            throw new BadRowException(
                    origin,
                    "the chat template marks " + generated.size() + " parts for " + answers.size()
                            + " messages of the assistant, so that those of weight 0 cannot be told; leave the weights out");
        }
        List<Span> learned = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            if (answers.get(i).learned()) {
                learned.add(generated.get(i));
            }
        }
        return learned;
    }

    private static List<Span> byPrefixes(
            ChatRenderer renderer, List<Message> messages, String whole, RowOrigin origin) {
        List<Span> spans = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i).learned()) {
                spans.add(byPrefix(renderer, i, whole, origin));
            }
        }
        return spans;
    }

    private static Span byPrefix(ChatRenderer renderer, int message, String whole, RowOrigin origin) {
        String before = renderer.before(message);
        String through = renderer.first(message + 1);
        if (!through.startsWith(before)) {
            throw unlike(message, "after another text than it writes when it asks for it", origin);
        }
        if (!whole.startsWith(through)) {
            throw unlike(message, "otherwise when more messages follow", origin);
        }
        return new Span(before.length(), through.length());
    }

    private static BadRowException unlike(int message, String how, RowOrigin origin) {
        return new BadRowException(
                origin,
                "the chat template writes message " + (message + 1) + " " + how
                        + ", so that it cannot be told what to learn; give a template with {% generation %} blocks, or"
                        + " learn only the last message (weight 0 on the others)");
    }
}
