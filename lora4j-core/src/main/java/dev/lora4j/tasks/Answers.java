package dev.lora4j.tasks;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A file of generated texts, one for each prompt of a task.
 *
 * <p>Either a table with tabs that begins with {@code MR} and {@code output}, as E2E's systems were handed in, or a text on
 * each line.
 */
public final class Answers {
    private static final List<String> COLUMNS = List.of("MR", "output");

    private Answers() {}

    /**
     * The texts beside what they answer.
     *
     * @throws InvalidFileException if there are not as many as prompts, or the table's inputs are other ones
     */
    public static List<Segment> read(Path file, List<TextPrompt> prompts) {
        String text = TaskText.read(file);
        boolean isTable = text.startsWith(String.join("\t", COLUMNS));
        List<String> answers =
                isTable ? table(file, text, prompts) : text.lines().toList();
        if (answers.size() != prompts.size()) {
            throw new InvalidFileException(
                    file,
                    String.format(
                            Locale.ROOT,
                            "has %,d texts, expected %,d, one for each input of the task",
                            answers.size(),
                            prompts.size()));
        }
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            segments.add(prompts.get(i).answeredBy(answers.get(i)));
        }
        return segments;
    }

    /** Texts as a table that {@link #read} reads: each input and its answer. */
    public static String table(List<TextPrompt> prompts, List<String> answers) {
        StringWriter text = new StringWriter();
        try (CsvWriter table = CsvWriter.builder()
                .fieldSeparator('\t')
                .lineDelimiter(LineDelimiter.LF)
                .build(text)) {
            table.writeRecord(COLUMNS);
            for (int i = 0; i < prompts.size(); i++) {
                table.writeRecord(prompts.get(i).prompt(), answers.get(i));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory was not written", e);
        }
        return text.toString();
    }

    private static List<String> table(Path file, String text, List<TextPrompt> prompts) {
        List<String> answers = new ArrayList<>();
        try {
            for (CsvRecord row : CsvReader.builder().fieldSeparator('\t').ofCsvRecord(text)) {
                if (row.getFieldCount() != COLUMNS.size()) {
                    throw new InvalidFileException(
                            file,
                            "line " + row.getStartingLineNumber() + " has " + row.getFieldCount()
                                    + " columns, expected " + COLUMNS);
                }
                if (row.getStartingLineNumber() > 1) {
                    requireSame(file, row, prompts, answers.size());
                    answers.add(row.getField(1));
                }
            }
        } catch (CsvParseException e) {
            throw new InvalidFileException(file, "is no valid table: " + e.getMessage(), e);
        }
        return answers;
    }

    private static void requireSame(Path file, CsvRecord row, List<TextPrompt> prompts, int index) {
        String input = row.getField(0);
        if (index < prompts.size()
                && !input.equals(prompts.get(index).prompt())
                && !E2e.paperForm(input).equals(prompts.get(index).prompt())) {
            throw new InvalidFileException(
                    file,
                    "line " + row.getStartingLineNumber() + " answers \"" + row.getField(0) + "\", expected \""
                            + prompts.get(index).prompt() + "\": the inputs must be those of the task, in its order");
        }
    }
}
