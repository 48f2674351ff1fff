package dev.lora4j.data;

import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.Lora4jException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes one data file into a data set. */
final class DatasetReader {
    private final ExampleEncoder encoder;
    private final List<Example> examples = new ArrayList<>();
    private final ExampleTally tally = new ExampleTally();
    private long tooLong;
    private long truncated;

    DatasetReader(ExampleEncoder encoder) {
        this.encoder = encoder;
    }

    Dataset read(Path file, Columns columns, RowPolicy policy) {
        return ended(file, RowLoop.over(file, columns, policy, this::take));
    }

    Dataset read(Path file, List<Row.PromptCompletion> rows, RowPolicy policy) {
        return ended(file, RowLoop.over(file, rows, policy, this::take));
    }

    private Dataset ended(Path file, RowLoop loop) {
        if (examples.isEmpty()) {
            throw new InvalidFileException(
                    file,
                    "none of its " + loop.read() + " rows can be used: " + loop.bad() + " are bad, " + tooLong
                            + " too long");
        }
        return new Dataset(examples, tally.report(loop.read(), loop.bad(), tooLong, truncated, loop.problems()));
    }

    private void take(RowOrigin origin, Row row) {
        EncodedRow encoded = encoder.encodeRow(row, origin);
        if (encoded instanceof EncodedRow.TooLong excess) {
            if (encoder.longRows() == LongRows.FAIL) {
                // also where bad rows are skipped: skipping long ones is a choice of its own
                throw new Lora4jException(
                        String.valueOf(encoder.tooLong(excess, origin).getMessage()));
            }
            tooLong++;
        } else if (encoded instanceof EncodedRow.Cut cut) {
            truncated++;
            add(cut.example());
        } else if (encoded instanceof EncodedRow.Whole whole) {
            add(whole.example());
        }
    }

    private void add(Example example) {
        examples.add(example);
        tally.add(example);
    }
}
