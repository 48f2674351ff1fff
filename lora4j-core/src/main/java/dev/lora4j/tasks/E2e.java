package dev.lora4j.tasks;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.Bleu;
import dev.lora4j.evaluation.text.CaptionRougeL;
import dev.lora4j.evaluation.text.Cider;
import dev.lora4j.evaluation.text.Meteor;
import dev.lora4j.evaluation.text.Nist;
import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.evaluation.text.Ter;
import dev.lora4j.evaluation.text.TextMetric;
import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The E2E challenge: restaurants described by a list of their properties (Novikova et al. 2017).
 *
 * <p>Its own files are tables with the columns {@code mr} and {@code ref} ({@code name[X], eatType[pub]}); the LoRA paper's have
 * a line {@code name : X | Type : pub||reference} for each reference, whose words stand apart. The challenge is scored on the
 * first.
 */
public final class E2e {
    private static final String OWN_TEST = "testset_w_refs.csv";
    private static final String PAPERS_TEST = "test.txt";
    private static final String DIVIDER = "||";

    private static final Pattern PROPERTY = Pattern.compile("([A-Za-z][A-Za-z ]*)\\[([^\\]]*)]");
    private static final Pattern MEANING = Pattern.compile(PROPERTY + "(?:, " + PROPERTY + ")*");
    private static final Pattern RANGE = Pattern.compile("(\\d)-(\\d)");
    private static final Map<String, String> NAMES =
            Map.of("eatType", "Type", "priceRange", "price", "familyFriendly", "family friendly");

    private E2e() {}

    /** The metrics of the challenge, all but METEOR equal to e2e-metrics, and TER. */
    public static List<TextMetric> metrics() {
        return List.of(Bleu.mteval(), new Nist(), new CaptionRougeL(), new Cider(), new Ter(), new Meteor());
    }

    /** The test's inputs with all references of each, out of a folder with the table, or else the paper's lines. */
    public static List<TextPrompt> test(Path folder) {
        return read(TaskText.first(home(folder), "test", List.of(OWN_TEST, PAPERS_TEST)));
    }

    /**
     * The same out of the paper's lines, or else the table: for a model that has learned from the lines, whose answers have
     * their words apart as those do.
     */
    public static List<TextPrompt> testOfLines(Path folder) {
        return read(TaskText.first(home(folder), "test", List.of(PAPERS_TEST, OWN_TEST)));
    }

    /** The lines to learn from; the folder may be the one around {@code e2e}. */
    public static Path trainingFile(Path folder) {
        return TaskText.first(home(folder), "training", List.of("train.txt"));
    }

    /** The lines to measure the loss on while training. */
    public static Path validationFile(Path folder) {
        return TaskText.first(home(folder), "validation", List.of("valid.txt"));
    }

    private static Path home(Path folder) {
        return TaskText.home(folder, List.of("e2e"));
    }

    /** Rows to learn from, one for each line, as a model of this tokenizer reads them. */
    public static Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy policy) {
        return Dataset.of(file, PromptForm.of(tokenizer).rows(lines(file)), encoder, policy);
    }

    /** The scores of answers, BLEU as the headline. */
    public static TaskScores score(List<Segment> segments) {
        return TaskScores.of(metrics(), segments);
    }

    /** Inputs with all references of each. A name with {@code .csv} in it is a table. */
    public static List<TextPrompt> read(Path file) {
        List<TextPrompt> prompts = String.valueOf(file.getFileName()).contains(".csv") ? table(file) : lines(file);
        return TextPrompt.grouped(prompts, file);
    }

    /**
     * A list of properties as the paper's lines have it: {@code name[X], priceRange[less than £20]} becomes
     * {@code name : X | price : less than £ 20}. Any other text stays as it is.
     */
    static String paperForm(String meaning) {
        if (!MEANING.matcher(meaning).matches()) {
            return meaning;
        }
        List<String> parts = new ArrayList<>();
        Matcher property = PROPERTY.matcher(meaning);
        while (property.find()) {
            String name = NAMES.getOrDefault(property.group(1), property.group(1));
            String value = RANGE.matcher(property.group(2).replace("£", "£ ")).replaceAll("$1 - $2");
            parts.add(name + " : " + value);
        }
        return String.join(" | ", parts);
    }

    private static List<TextPrompt> table(Path file) {
        List<TextPrompt> prompts = new ArrayList<>();
        try {
            for (NamedCsvRecord row : CsvReader.builder().ofNamedCsvRecord(TaskText.read(file))) {
                if (!row.getHeader().containsAll(List.of("mr", "ref"))) {
                    throw new InvalidFileException(
                            file, "has the columns " + row.getHeader() + ", expected mr and ref");
                }
                prompts.add(new TextPrompt(paperForm(row.getField("mr")), List.of(row.getField("ref"))));
            }
        } catch (CsvParseException e) {
            throw new InvalidFileException(file, "is no valid CSV: " + e.getMessage(), e);
        }
        return prompts;
    }

    private static List<TextPrompt> lines(Path file) {
        List<TextPrompt> prompts = new ArrayList<>();
        List<String> lines = TaskText.read(file).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            int divider = lines.get(i).indexOf(DIVIDER);
            if (divider < 0) {
                throw new InvalidFileException(
                        file,
                        String.format(
                                Locale.ROOT,
                                "line %d has no %s, expected name : X | Type : pub||reference",
                                i + 1,
                                DIVIDER));
            }
            prompts.add(new TextPrompt(
                    lines.get(i).substring(0, divider),
                    List.of(lines.get(i).substring(divider + DIVIDER.length()).strip())));
        }
        return prompts;
    }
}
