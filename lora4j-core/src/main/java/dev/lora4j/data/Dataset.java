package dev.lora4j.data;

import dev.lora4j.formats.Lora4jException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Examples in the order of their file, with a report on it and a digest of the content. Immutable. */
public final class Dataset {
    private final List<Example> examples;
    private final DataReport report;
    private final String digest;

    Dataset(List<Example> examples, DataReport report) {
        this.examples = List.copyOf(examples);
        this.report = report;
        this.digest = ExampleDigest.of(this.examples);
    }

    /**
     * Two parts of a data set.
     *
     * @param training all but the rows held out
     * @param validation the rows held out
     */
    public record Split(Dataset training, Dataset validation) {}

    /** Reads a data file whose columns have their usual names. */
    public static Dataset read(Path file, ExampleEncoder encoder, RowPolicy policy) {
        return read(file, Columns.usual(), encoder, policy);
    }

    /**
     * Reads a data file: {@code .jsonl}, {@code .json} with a row on each line, {@code .csv} or {@code .tsv}, each of them
     * also with {@code .gz} after it.
     *
     * @throws BadRowException at the first row that cannot be learned from, if the policy is to fail
     * @throws dev.lora4j.formats.InvalidFileException if no row can be used, or too many are bad
     */
    public static Dataset read(Path file, Columns columns, ExampleEncoder encoder, RowPolicy policy) {
        return new DatasetReader(encoder).read(file, columns, policy);
    }

    /**
     * Makes rows of a file with a format of its own into a data set.
     *
     * @param file which they come from, one of each line, for messages
     * @throws BadRowException at the first row that cannot be learned from, if the policy is to fail
     * @throws dev.lora4j.formats.InvalidFileException if no row can be used, or too many are bad
     */
    public static Dataset of(Path file, List<Row.PromptCompletion> rows, ExampleEncoder encoder, RowPolicy policy) {
        return new DatasetReader(encoder).read(file, rows, policy);
    }

    /**
     * Reads the rows of a data file for a language model and keeps none: each must be one that can be learned from.
     *
     * <p>How many tokens a row has is not looked at; that depends on the model.
     *
     * @return the number of rows
     * @throws BadRowException at the first row that cannot be learned from, or is of another kind than those before
     * @throws dev.lora4j.formats.InvalidFileException if there is no row
     */
    public static long check(Path file) {
        return RowLoop.over(file, Columns.usual(), RowPolicy.FAIL, RowCheck::check)
                .read();
    }

    /** A data set of examples made otherwise. */
    public static Dataset of(List<Example> examples) {
        ExampleTally tally = new ExampleTally();
        examples.forEach(tally::add);
        return new Dataset(examples, tally.report());
    }

    /** The number of examples. */
    public int size() {
        return examples.size();
    }

    /** The example at a position of the file. */
    public Example get(int position) {
        return examples.get(position);
    }

    /** All examples in the order of the file. */
    public List<Example> examples() {
        return examples;
    }

    /** What was found while reading. */
    public DataReport report() {
        return report;
    }

    /** SHA-256 over the tokens, what is learned of them, and the labels; equal for equal content, wherever it stood. */
    public String digest() {
        return digest;
    }

    /**
     * Some of the examples, chosen by the seed, in the order of the file; all of them where there are no more.
     *
     * @param rows how many, 1 at least
     */
    public Dataset sample(int rows, long seed) {
        if (rows < 1) {
            throw new Lora4jException("a sample of " + rows + " rows is asked for, expected 1 or more");
        }
        if (rows >= size()) {
            return this;
        }
        ShuffledOrder order = ShuffledOrder.of(size(), seed, 0);
        return of(IntStream.range(0, rows)
                .map(order::row)
                .sorted()
                .mapToObj(examples::get)
                .toList());
    }

    /**
     * Holds out a part, chosen by the seed, at least one example on either side; both parts keep the order of the file.
     *
     * @param share of the examples to hold out, between 0 and 1
     */
    public Split split(double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new Lora4jException("validation-share is " + share + ", expected more than 0 and less than 1");
        }
        if (size() < 2) {
            throw new Lora4jException("a data set of " + size() + " cannot be split, expected 2 or more");
        }
        int held = (int) Math.max(1, Math.min(size() - 1, Math.round(share * size())));
        ShuffledOrder order = ShuffledOrder.of(size(), seed, 0);
        BitSet chosen = new BitSet();
        for (int i = 0; i < held; i++) {
            chosen.set(order.row(i));
        }
        List<Example> training = new ArrayList<>();
        List<Example> validation = new ArrayList<>();
        for (int i = 0; i < size(); i++) {
            (chosen.get(i) ? validation : training).add(examples.get(i));
        }
        return new Split(of(training), of(validation));
    }
}
