package dev.lora4j.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Message;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.generation.BeamSettings;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TextGenerator;
import dev.lora4j.generation.TextListener;
import dev.lora4j.grammar.Grammar;
import dev.lora4j.model.ModelTask;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lora4j generate}: continues a prompt, with one adapter after another if several are given. */
@Command(
        name = "generate",
        description = "Continue a prompt. With several adapters, their answers follow one another.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class GenerateCommand implements Callable<Integer> {
    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightsOption weights = new WeightsOption();

    @Mixin
    private final SamplingOptions sampling = new SamplingOptions();

    @Mixin
    private final BeamOptions beams = new BeamOptions();

    @Option(
            names = {"-a", "--adapter"},
            paramLabel = "DIR",
            description = "An adapter's folder; may be repeated.")
    private List<Path> adapters = List.of();

    @Option(
            names = {"-p", "--prompt"},
            paramLabel = "TEXT",
            description = "The prompt (default: what is written to standard input).")
    private @Nullable String prompt;

    @Option(names = "--system", paramLabel = "TEXT", description = "A system message before the prompt, for --chat.")
    private @Nullable String system;

    @Option(names = "--chat", description = "The prompt is a message: the model's chat template goes around it.")
    private boolean chat;

    @Option(names = "--raw", description = "The prompt is a text to continue (the default).")
    private boolean raw;

    @Option(names = "--json", description = "Print the results as JSON when they are complete.")
    private boolean json;

    @Option(
            names = "--json-schema",
            paramLabel = "FILE",
            description = "A JSON Schema that the answer keeps to (docs/serving.md tells what is held).")
    private @Nullable Path jsonSchema;

    private final Console console;

    GenerateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        check();
        String text = prompt == null ? readPrompt() : prompt;
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the prompt is empty; give --prompt TEXT, or text on standard input");
        }
        try (LoadedModel loaded = LoadedModel.load(model, weights.format(), ModelTask.CAUSAL_LM, adapters)) {
            ArrayNode results = JsonNodeFactory.instance.arrayNode();
            if (loaded.adapters().isEmpty()) {
                TextGenerator generator = TextGenerator.of(loaded.model(), loaded.tokenizer());
                results.add(answer(loaded, generator, text, ""));
            }
            loaded.adapters().forEach((name, adapter) -> {
                if (adapters.size() > 1 && !json) {
                    console.line(console.styled(Console.Style.BOLD, "== " + name + " =="));
                }
                TextGenerator generator = TextGenerator.of(loaded.model(), loaded.tokenizer(), adapter);
                results.add(answer(loaded, generator, text, name));
            });
            if (json) {
                console.json(results);
            }
            return 0;
        }
    }

    /** Refuses what can be refused before the model is loaded. */
    private void check() {
        GenerationSettings settings = constrained(sampling.settings());
        beams.search(settings.maxNewTokens());
        if (beams.areUsed()) {
            List<String> drawn = new ArrayList<>(sampling.chosen());
            if (jsonSchema != null) {
                drawn.add("json-schema");
            }
            if (!drawn.isEmpty()) {
                throw new IllegalArgumentException("beams, length-penalty and no-repeat-ngram look for the likeliest"
                        + " text of all; found " + drawn + " beside them; leave out these or those");
            }
        }
        if (chat && raw) {
            throw new IllegalArgumentException("the prompt is a message (--chat) or a text (--raw), not both");
        }
        if (system != null && !chat) {
            throw new IllegalArgumentException("--system needs --chat: a plain text has no system message");
        }
    }

    private ObjectNode answer(LoadedModel loaded, TextGenerator generator, String text, String adapter) {
        Prompt tokens = chat ? generator.chatPrompt(messages(text)) : generator.prompt(text);
        GenerationSettings settings =
                constrained(sampling.settings(loaded.model().maxPositions() - tokens.positions()));
        Generation generation =
                beams.areUsed() ? searched(generator, tokens, settings) : sampled(generator, text, settings);
        if (!json) {
            console.line("");
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        if (!adapter.isEmpty()) {
            result.put("adapter", adapter);
        }
        return result.put("text", generation.text())
                .put("finish_reason", generation.finishReason().name().toLowerCase(Locale.ROOT))
                .put("prompt_tokens", generation.promptTokens())
                .put("tokens", generation.tokens().length)
                .put("tokens_per_second", generation.tokensPerSecond());
    }

    private Generation sampled(TextGenerator generator, String text, GenerationSettings settings) {
        TextListener listener = json
                ? TextListener.NONE
                : piece -> {
                    console.piece(piece);
                    return true;
                };
        return chat ? generator.chat(messages(text), settings, listener) : generator.generate(text, settings, listener);
    }

    /** Which text it is, is known at the end alone. */
    private Generation searched(TextGenerator generator, Prompt tokens, GenerationSettings settings) {
        BeamSettings search = beams.search(settings.maxNewTokens()).withStops(settings.stopTokens());
        Generation generation = generator.search(tokens, search);
        if (!json) {
            console.piece(generation.text());
        }
        return generation;
    }

    private GenerationSettings constrained(GenerationSettings settings) {
        return jsonSchema == null ? settings : settings.withGrammar(Grammar.jsonSchema(JsonFile.read(jsonSchema)));
    }

    private List<Message> messages(String text) {
        List<Message> messages = new ArrayList<>();
        if (system != null) {
            messages.add(Message.of("system", system));
        }
        messages.add(Message.of("user", text));
        return messages;
    }

    private String readPrompt() {
        if (console.terminals().in()) {
            console.message("the prompt, ended by Ctrl-D:");
        }
        try (BufferedReader reader = console.input()) {
            StringWriter text = new StringWriter();
            reader.transferTo(text);
            return text.toString().stripTrailing();
        } catch (IOException e) {
            throw FileAccessException.reading(Path.of("standard input"), e);
        }
    }
}
