package dev.lora4j.cli;

import dev.lora4j.data.Message;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.generation.FinishReason;
import dev.lora4j.generation.Generation;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.TextGenerator;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A conversation with a model, whose adapter can change between two messages. Confined to one thread. */
final class ChatSession {
    static final String HELP =
            "/adapter NAME|none switches, /reset forgets the conversation, /exit ends; a line that ends in \\ goes on";

    private final Console console;
    private final LoadedModel loaded;
    private final SamplingOptions sampling;
    private final Optional<String> system;
    private final List<Message> messages = new ArrayList<>();
    private Optional<Adapter> adapter;

    ChatSession(Console console, LoadedModel loaded, SamplingOptions sampling, Optional<String> system) {
        this.console = console;
        this.loaded = loaded;
        this.sampling = sampling;
        this.system = system;
        this.adapter = loaded.adapters().values().stream().findFirst();
        reset();
    }

    private void reset() {
        messages.clear();
        system.ifPresent(text -> messages.add(Message.of("system", text)));
    }

    /**
     * Takes a line: a command, or a message that is answered.
     *
     * @param cancelled asked between two pieces of the answer
     * @return false if the conversation is over
     */
    boolean take(String line, BooleanSupplier cancelled) {
        String text = line.strip();
        if (text.isEmpty()) {
            return true;
        }
        if (!text.startsWith("/")) {
            answer(text, cancelled);
            return true;
        }
        String[] words = text.split("\\s+", 2);
        switch (words[0]) {
            case "/exit" -> {
                return false;
            }
            case "/reset" -> {
                reset();
                console.message("the conversation is forgotten");
            }
            case "/help" -> console.message(HELP);
            case "/adapter" -> switchTo(words.length > 1 ? words[1].strip() : "");
            default -> throw new IllegalArgumentException("there is no command " + words[0] + "; " + HELP);
        }
        return true;
    }

    private void switchTo(String name) {
        Map<String, Adapter> known = loaded.adapters();
        if (name.isEmpty()) {
            console.message("adapters: none" + (known.isEmpty() ? "" : ", " + String.join(", ", known.keySet())));
            return;
        }
        if (name.equals("none")) {
            adapter = Optional.empty();
            console.message("the base model answers");
            return;
        }
        adapter = Optional.of(find(name).orElseGet(() -> load(name)));
        console.message(name + " answers");
    }

    /** By the name that was given, or the last part of its path. */
    private Optional<Adapter> find(String name) {
        return loaded.adapters().entrySet().stream()
                .filter(entry ->
                        entry.getKey().equals(name) || Path.of(entry.getKey()).endsWith(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private Adapter load(String name) {
        Adapter read = AdapterFolder.read(Path.of(name), loaded.model());
        loaded.adapters().put(name, read);
        return read;
    }

    private void answer(String text, BooleanSupplier cancelled) {
        messages.add(Message.of("user", text));
        TextGenerator generator = adapter.map(own -> TextGenerator.of(loaded.model(), loaded.tokenizer(), own))
                .orElseGet(() -> TextGenerator.of(loaded.model(), loaded.tokenizer()));
        try {
            int room = loaded.model().maxPositions()
                    - generator.chatPrompt(messages).positions();
            GenerationSettings settings = sampling.settings(room);
            Generation generation = generator.chat(messages, settings, piece -> {
                console.piece(piece);
                return !cancelled.getAsBoolean();
            });
            console.line("");
            messages.add(Message.of("assistant", generation.text()));
            tell(generation);
        } catch (Lora4jException e) {
            messages.remove(messages.size() - 1);
            throw e;
        }
    }

    private void tell(Generation generation) {
        if (console.terminals().err()) {
            String end = generation.finishReason() == FinishReason.STOP
                    ? ""
                    : ", ended by " + generation.finishReason().name().toLowerCase(Locale.ROOT);
            console.message(console.styled(
                    Console.Style.DIM,
                    String.format(
                            Locale.ROOT,
                            "(%d tokens, %.1f per second%s)",
                            generation.tokens().length,
                            generation.tokensPerSecond(),
                            end)));
        }
    }
}
