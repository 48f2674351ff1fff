package dev.lora4j.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.ExampleEncoder;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.text.Bleu;
import dev.lora4j.evaluation.text.Meteor;
import dev.lora4j.evaluation.text.Segment;
import dev.lora4j.evaluation.text.Ter;
import dev.lora4j.evaluation.text.TextMetric;
import dev.lora4j.formats.FileAccessException;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * WebNLG 2017: facts of DBpedia in words (Gardent et al. 2017), in the JSON form that the LoRA paper's code reads or its own XML.
 *
 * <p>{@code {"entries": [{"1": {"category", "modifiedtripleset": [{"subject", "property", "object"}], "lexicalisations": [{"lex",
 * "comment"}]}}, …]}}; a file whose name ends with {@code .xml}, or a folder of such, is {@linkplain WebNlgXml XML}. Only
 * lexicalisations with the comment {@code good} count. An entry without one is left out, as there.
 */
public final class WebNlg {
    private static final List<String> HOMES = List.of("webnlg_challenge_2017", "webnlg");

    private WebNlg() {}

    /** Which entries: papers report all, and those whose category training has or has not. */
    public enum Part {
        /** Every category. */
        ALL,
        /** The ten categories of the training data. */
        SEEN,
        /** The categories that only the test has. */
        UNSEEN;

        /** What a score over this part is called: {@code BLEU}, {@code BLEU seen}. */
        public String score(TextMetric metric) {
            return this == ALL ? metric.name() : metric.name() + " " + name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * BLEU by tokens {@code 13a} in small letters, METEOR by exact words and stems, and TER.
     *
     * <p>The paper's scripts (microsoft/LoRA with WebNLG/GenerationEval) have multi-bleu-detok.perl, whose BLEU differs where an order
     * of n-grams has no match; the official METEOR; and the mean of pyter over the inputs. They cut and shrink the words before.
     */
    public static List<TextMetric> metrics() {
        return List.of(Bleu.sacrebleuLowercase(), new Meteor(), new Ter());
    }

    /** The texts to learn from: a file, its folder {@code train}, the folder of that, or the one around {@code webnlg_challenge_2017}. */
    public static Path trainingFile(Path data) {
        return file(data, "training", "train");
    }

    /** Those to measure the loss on while training. */
    public static Path validationFile(Path data) {
        return file(data, "validation", "dev");
    }

    /** Those to ask a model. */
    public static Path testFile(Path data) {
        return file(data, "test", "test");
    }

    private static Path file(Path data, String kind, String name) {
        if (Files.isRegularFile(data)) {
            return data;
        }
        Path home = TaskText.home(data, HOMES);
        List<String> names = List.of(name + ".json", name + ".xml");
        Optional<Path> folder = Optional.of(home.resolve(name)).filter(Files::isDirectory);
        return TaskText.find(home, names).or(() -> folder).orElseThrow(() -> TaskText.missing(home, kind, names));
    }

    /** Rows to learn from, one for each reference, as a model of this tokenizer reads them. */
    public static Dataset rows(Path file, Tokenizer tokenizer, ExampleEncoder encoder, RowPolicy policy) {
        return Dataset.of(file, PromptForm.of(tokenizer).rows(read(file, Part.ALL)), encoder, policy);
    }

    /** The test's different inputs with all references of each. */
    public static List<TextPrompt> test(Path data) {
        Path file = testFile(data);
        return TextPrompt.grouped(read(file, Part.ALL), file);
    }

    /** The inputs of a part, entry by entry, with the references of each. */
    public static List<TextPrompt> read(Path file, Part part) {
        return entries(file).stream()
                .filter(entry -> entry.isIn(part) && !entry.texts().isEmpty())
                .map(entry -> new TextPrompt(entry.input(), entry.texts()))
                .toList();
    }

    /** The names of all scores, BLEU over all inputs first. */
    public static List<String> scores() {
        return Stream.of(Part.values())
                .flatMap(part -> metrics().stream().map(part::score))
                .toList();
    }

    /**
     * The scores over all parts; a part without an input has none.
     *
     * @param file with the inputs, which knows the part of each
     * @param segments answers beside references, by their inputs
     */
    public static TaskScores score(Path file, Map<String, Segment> segments) {
        Map<String, WebNlgEntry> first = new HashMap<>();
        entries(file).forEach(entry -> first.putIfAbsent(entry.input(), entry));
        Map<String, Double> values = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            List<Segment> own = segments.entrySet().stream()
                    .filter(each -> entry(first, each.getKey(), file).isIn(part))
                    .map(Map.Entry::getValue)
                    .toList();
            if (!own.isEmpty()) {
                metrics().forEach(metric -> values.put(part.score(metric), metric.score(own)));
            }
        }
        return new TaskScores(values, scores().get(0));
    }

    private static WebNlgEntry entry(Map<String, WebNlgEntry> entries, String input, Path file) {
        return Optional.ofNullable(entries.get(input))
                .orElseThrow(() -> new InvalidFileException(
                        file, "has no input \"" + input + "\"; has it changed since it was asked?"));
    }

    private static List<WebNlgEntry> entries(Path file) {
        if (Files.isDirectory(file)) {
            List<WebNlgEntry> all = new ArrayList<>();
            xmlFiles(file).forEach(each -> all.addAll(WebNlgXml.read(each)));
            return all;
        }
        String name = file.toString().replaceFirst("\\.gz$", "");
        return name.endsWith(".xml") ? WebNlgXml.read(file) : json(file);
    }

    private static List<Path> xmlFiles(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> files = all.filter(each -> each.toString().matches(".*\\.xml(\\.gz)?"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new FileAccessException(folder, "has no .xml in it; expected the files of WebNLG's release");
            }
            return files;
        } catch (IOException e) {
            throw FileAccessException.reading(folder, e);
        }
    }

    private static List<WebNlgEntry> json(Path file) {
        List<WebNlgEntry> entries = new ArrayList<>();
        for (JsonNode wrapped : TaskJson.list(TaskJson.read(file), "entries", file)) {
            if (wrapped.size() != 1) {
                throw new InvalidFileException(
                        file, "an entry has " + wrapped.size() + " fields, expected one, whose name is its number");
            }
            JsonNode entry = wrapped.elements().next();
            List<List<String>> triples = TaskJson.list(entry, "modifiedtripleset", file).stream()
                    .map(triple -> List.of(
                            TaskJson.text(triple, "subject", file),
                            TaskJson.text(triple, "property", file),
                            TaskJson.text(triple, "object", file)))
                    .toList();
            List<String> texts = TaskJson.list(entry, "lexicalisations", file).stream()
                    .filter(each -> TaskJson.text(each, "comment", file).equals(WebNlgEntry.GOOD))
                    .map(each -> TaskJson.text(each, "lex", file))
                    .toList();
            entries.add(new WebNlgEntry(TaskJson.text(entry, "category", file), triples, texts));
        }
        return entries;
    }
}
