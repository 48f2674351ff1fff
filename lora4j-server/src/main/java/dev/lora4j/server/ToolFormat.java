package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.grammar.Grammar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a model writes its calls, which its chat template shows. */
enum ToolFormat {
    /** Hermes and Qwen: {@code <tool_call>\n{"name": …, "arguments": …}\n</tool_call>}, as often as wanted. */
    HERMES("<tool_call>", "</tool_call>", "arguments"),
    /** Mistral: {@code [TOOL_CALLS] [{"name": …, "arguments": …}, …]}; the first is a special token. */
    MISTRAL("[TOOL_CALLS]", "]", "arguments"),
    /** Llama 3: {@code {"name": …, "parameters": …}} is the whole answer. */
    LLAMA("<|python_tag|>", "", "parameters");

    private final String opening;
    private final String closing;
    private final String arguments;

    ToolFormat(String opening, String closing, String arguments) {
        this.opening = opening;
        this.closing = closing;
        this.arguments = arguments;
    }

    /** That of a model; empty if its template shows the model no tools, or in a form that is not known here. */
    static Optional<ToolFormat> of(Tokenizer tokenizer) {
        String template = tokenizer.chatTemplateSource().orElse("");
        if (!template.contains("tools")) {
            return Optional.empty();
        }
        if (template.contains(HERMES.opening)) {
            boolean json = template.contains("\"arguments\"") && !template.contains("<arg_key>"); // GLM's own form
            return json ? Optional.of(HERMES) : Optional.empty();
        }
        if (template.contains(MISTRAL.opening)) {
            boolean known = tokenizer.tokenId(MISTRAL.opening).isPresent() && !template.contains("[ARGS]");
            return known ? Optional.of(MISTRAL) : Optional.empty();
        }
        return template.contains("\"parameters\": ") ? Optional.of(LLAMA) : Optional.empty();
    }

    /** What begins a call; a special token, or text. */
    String opening() {
        return opening;
    }

    /** What ends calls; empty where nothing does. */
    String closing() {
        return closing;
    }

    /** A fresh name for a call, such as the model's template takes. */
    String newId() {
        return this == MISTRAL ? Identifier.next("").substring(0, 9) : Identifier.next("call_");
    }

    /** What the whole answer must be if functions must be called. */
    Grammar calls(ToolUse use, Tokenizer tokenizer) {
        Grammar call = call(use.tools(), true);
        return switch (this) {
            case HERMES -> {
                Grammar whole =
                        Grammar.sequence(List.of(Grammar.text(opening + "\n"), call, Grammar.text("\n" + closing)));
                yield use.parallel() ? Grammar.list(whole, Grammar.text("\n")) : whole;
            }
            case MISTRAL -> Grammar.sequence(List.of(marker(tokenizer), array(call, use.parallel())));
            case LLAMA -> call;
        };
    }

    /** What the answer must be if functions may be called, and the arguments of strict ones must fit. */
    Grammar perhaps(ToolUse use, Tokenizer tokenizer) {
        Grammar call = call(use.tools(), false);
        return switch (this) {
            case HERMES ->
                Grammar.free(
                        opening, Grammar.sequence(List.of(Grammar.text("\n"), call, Grammar.text("\n" + closing))));
            case MISTRAL -> Grammar.free(tokenizer.tokenId(opening).orElseThrow(), array(call, use.parallel()));
            case LLAMA -> Grammar.either(List.of(call, Grammar.freeUnless('{')));
        };
    }

    private Grammar marker(Tokenizer tokenizer) {
        return Grammar.special(tokenizer.tokenId(opening).orElseThrow());
    }

    private static Grammar array(Grammar call, boolean parallel) {
        Grammar begin = Grammar.either(List.of(Grammar.text("["), Grammar.text(" [")));
        Grammar calls = parallel ? Grammar.list(call, Grammar.text(", ")) : call;
        return Grammar.sequence(List.of(begin, calls, Grammar.text("]")));
    }

    /** One call of any of the functions. */
    private Grammar call(List<Tool> tools, boolean all) {
        List<Grammar> calls = new ArrayList<>();
        for (Tool tool : tools) {
            Grammar own = all || tool.strict() ? tool.arguments() : Grammar.jsonObject();
            String begin = "{\"name\": \"" + tool.name() + "\", \"" + arguments + "\": ";
            calls.add(Grammar.sequence(List.of(Grammar.text(begin), own, Grammar.text("}"))));
        }
        return Grammar.either(calls);
    }
}
