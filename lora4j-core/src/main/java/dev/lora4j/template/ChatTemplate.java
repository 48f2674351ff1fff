package dev.lora4j.template;

import java.time.Clock;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chat template, as tokenizer_config.json and GGUF files carry it; immutable and thread-safe.
 *
 * <p>It understands the Jinja that transformers gives to chat templates and renders what
 * {@code apply_chat_template} renders: trimmed blocks, break and continue, tojson without HTML escapes, raise_exception,
 * strftime_now and generation blocks. A template is untrusted: it sees copies of plain data, reaches no Java object, and
 * its work is limited (see {@code Limits}).
 */
public final class ChatTemplate {
    private final List<Statement> body;
    private final Clock clock;

    private ChatTemplate(List<Statement> body, Clock clock) {
        this.body = body;
        this.clock = clock;
    }

    /**
     * What a template made.
     *
     * @param generated the parts that {@code {% generation %}} blocks made, which are what a model learns to say
     */
    public record Rendering(String text, List<Span> generated) {
        public Rendering {
            generated = List.copyOf(generated);
        }
    }

    /** The chars from {@code start} up to and without {@code end} of a rendered text, in Java's UTF-16 chars. */
    public record Span(int start, int end) {}

    /** Parses a template whose strftime_now reads the system's clock. */
    public static ChatTemplate parse(String source) {
        return parse(source, Clock.system(ZoneId.systemDefault()));
    }

    /**
     * Parses a template.
     *
     * @param clock what strftime_now tells
     * @throws TemplateException where the source is no valid template, with the line
     */
    public static ChatTemplate parse(String source, Clock clock) {
        if (source.length() > Limits.TEMPLATE_CHARS) {
            throw new TemplateException("the template has " + source.length() + " chars, at most "
                    + Limits.TEMPLATE_CHARS + " are allowed");
        }
        return new ChatTemplate(StatementParser.parse(source), clock);
    }

    /**
     * Renders the template.
     *
     * @param variables messages, tools, add_generation_prompt, bos_token and the like; String, Boolean, Number, List, Map
     *     and null, which is Jinja's none, at any depth
     * @throws TemplateException where the template fails, raises an exception of its own, or exceeds a limit
     */
    public Rendering render(Map<String, ? extends @Nullable Object> variables) {
        Budget budget = new Budget();
        Scope globals = new Scope(null);
        new Globals(budget, clock).register(globals);
        Scope scope = new Scope(globals);
        variables.forEach((name, value) -> scope.set(name, Conversion.value(name, value)));
        try {
            return new Renderer(budget).render(body, scope);
        } catch (StackOverflowError e) {
            // values that a template nests into each other are walked by recursion
            throw new TemplateException("the template nests values too deeply");
        }
    }
}
