package dev.lora4j.samples;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The data sets as JSON Lines files, for any trainer that reads such.
 *
 * <p>Each part ({@code train}, {@code validation}, {@code test}) of each task is one file:
 *
 * <pre>
 * correctness-train.jsonl   {"text": …, "label": "correct" or "incorrect"}
 * mistakes-train.jsonl      {"text": …, "label": "grammar", "word" or "punctuation"}
 * corrections-train.jsonl   {"prompt": …, "completion": …}
 * chat-train.jsonl          {"messages": [{"role": "user", "content": …}, {"role": "assistant", "content": …}]}
 * </pre>
 */
public final class LanguageToolFiles {
    private static final ObjectMapper JSON = new ObjectMapper();

    private LanguageToolFiles() {}

    /** Writes all files into a folder, which is made if need be; files of the same names are replaced. */
    public static void write(LanguageToolData data, Path folder) {
        try {
            Files.createDirectories(folder);
            for (Part part : Part.values()) {
                String end = "-" + part.fileName() + ".jsonl";
                writeRows(folder.resolve("correctness" + end), data.correctness(part));
                writeRows(folder.resolve("mistakes" + end), data.mistakes(part));
                writeRows(folder.resolve("corrections" + end), data.corrections(part));
                writeRows(folder.resolve("chat" + end), chats(data.corrections(part)));
            }
        } catch (IOException e) {
            throw new SampleDataException(folder + ": the data files cannot be written: " + e.getMessage(), e);
        }
    }

    private static List<Map<String, List<Message>>> chats(List<Correction> corrections) {
        return corrections.stream()
                .map(row -> Map.of(
                        "messages",
                        List.of(new Message("user", row.prompt()), new Message("assistant", row.completion()))))
                .toList();
    }

    private static void writeRows(Path file, List<?> rows) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file)) {
            for (Object row : rows) {
                writer.write(JSON.writeValueAsString(row));
                writer.write('\n');
            }
        }
    }

    private record Message(String role, String content) {}
}
