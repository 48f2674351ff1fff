package dev.lora4j.cli;

import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.model.ModelTask;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code lora4j chat}: a conversation with a model and its adapters. */
@Command(
        name = "chat",
        description = "Talk with a model; adapters can be switched between two messages.",
        usageHelpAutoWidth = true,
        abbreviateSynopsis = true)
final class ChatCommand implements Callable<Integer> {
    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightsOption weights = new WeightsOption();

    @Mixin
    private final SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = {"-a", "--adapter"},
            paramLabel = "DIR",
            description = "An adapter's folder; may be repeated, the first answers at the beginning.")
    private List<Path> adapters = List.of();

    @Option(names = "--system", paramLabel = "TEXT", description = "A system message at the beginning.")
    private @Nullable String system;

    private final Console console;

    ChatCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        sampling.settings(); // refuses what is out of range before the model is loaded
        try (LoadedModel loaded = LoadedModel.load(model, weights.format(), ModelTask.CAUSAL_LM, adapters)) {
            ChatSession session = new ChatSession(console, loaded, sampling, Optional.ofNullable(system));
            if (console.terminals().in() && console.terminals().out()) {
                interactive(session);
            } else {
                piped(session);
            }
            return 0;
        } catch (IOException e) {
            throw FileAccessException.reading(Path.of("standard input"), e);
        }
    }

    /** Every line is a message; the first failure ends it. */
    private void piped(ChatSession session) throws IOException {
        try (BufferedReader reader = console.input()) {
            String line = reader.readLine();
            while (line != null && session.take(line, () -> false)) {
                line = reader.readLine();
            }
        }
    }

    private void interactive(ChatSession session) throws IOException {
        console.message(ChatSession.HELP);
        DefaultParser parser = new DefaultParser();
        parser.setEofOnEscapedNewLine(true);
        parser.setQuoteChars(new char[0]);
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            AtomicBoolean interrupted = new AtomicBoolean();
            terminal.handle(Terminal.Signal.INT, signal -> interrupted.set(true));
            LineReader reader = LineReaderBuilder.builder()
                    .terminal(terminal)
                    .parser(parser)
                    .variable(LineReader.SECONDARY_PROMPT_PATTERN, "… ")
                    .variable(LineReader.HISTORY_FILE, CacheFolder.path().resolve("chat-history"))
                    .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                    .build();
            boolean goesOn = true;
            while (goesOn) {
                interrupted.set(false);
                goesOn = turn(session, reader, interrupted);
            }
        }
    }

    private boolean turn(ChatSession session, LineReader reader, AtomicBoolean interrupted) {
        try {
            return session.take(reader.readLine("> ").replace("\\\n", "\n"), interrupted::get);
        } catch (UserInterruptException e) {
            return true;
        } catch (EndOfFileException e) {
            return false;
        } catch (Lora4jException | IllegalArgumentException e) {
            console.message("lora4j: " + e.getMessage());
            return true;
        }
    }
}
