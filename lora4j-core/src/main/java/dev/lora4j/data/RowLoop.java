package dev.lora4j.data;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Goes through the rows of a data file and treats the bad ones by the policy. Confined to one thread. */
final class RowLoop {
    /** With more bad rows than this share the file is not what it is taken for. */
    static final double MAX_BAD_SHARE = 0.5;

    /** From how many rows on the share is looked at before the end. */
    static final long EARLY_CHECK_ROWS = 1_000;

    /** How many problems are told one by one. */
    static final int MAX_PROBLEMS = 20;

    private final Path file;
    private final RowPolicy policy;
    private final List<String> problems = new ArrayList<>();
    private Optional<KnownKind> kind = Optional.empty();
    private long read;
    private long bad;

    private record KnownKind(RowKind kind, RowOrigin origin) {}

    private RowLoop(Path file, RowPolicy policy) {
        this.file = file;
        this.policy = policy;
    }

    /** Gives each good row to the consumer, which may find it bad in turn. */
    static RowLoop over(Path file, Columns columns, RowPolicy policy, BiConsumer<RowOrigin, Row> consumer) {
        RowLoop loop = new RowLoop(file, policy);
        RowParser parser = new RowParser(columns);
        try (RowReader reader = DataFormat.open(file, columns.header())) {
            for (Optional<RowReader.Unread> next = reader.next(); next.isPresent(); next = reader.next()) {
                RowReader.Unread unread = next.get();
                RowOrigin origin = unread.origin();
                loop.take(origin, () -> parser.parse(unread.fields().get(), origin), consumer);
            }
        }
        return loop.ended();
    }

    /** The same of rows that are understood already, each of a line of the file. */
    static RowLoop over(
            Path file, List<Row.PromptCompletion> rows, RowPolicy policy, BiConsumer<RowOrigin, Row> consumer) {
        RowLoop loop = new RowLoop(file, policy);
        for (int i = 0; i < rows.size(); i++) {
            ParsedRow row = new ParsedRow(RowKind.PROMPT_COMPLETION, rows.get(i));
            loop.take(DataFormat.origin(file, i + 1L), () -> row, consumer);
        }
        return loop.ended();
    }

    private RowLoop ended() {
        if (read == 0) {
            throw new InvalidFileException(file, "has no rows, expected one at least");
        }
        checkShare();
        return this;
    }

    private void take(RowOrigin origin, Supplier<ParsedRow> row, BiConsumer<RowOrigin, Row> consumer) {
        read++;
        try {
            consumer.accept(origin, ofOneKind(row.get(), origin));
        } catch (BadRowException e) {
            if (policy == RowPolicy.FAIL) {
                throw e;
            }
            bad++;
            if (problems.size() < MAX_PROBLEMS) {
                problems.add(String.valueOf(e.getMessage()));
            }
            if (read >= EARLY_CHECK_ROWS) {
                checkShare();
            }
        }
    }

    private Row ofOneKind(ParsedRow parsed, RowOrigin origin) {
        KnownKind known = kind.orElseGet(() -> new KnownKind(parsed.kind(), origin));
        if (known.kind() != parsed.kind()) {
            throw new BadRowException(
                    origin,
                    "is " + parsed.kind() + ", but " + known.origin() + " is " + known.kind()
                            + "; put rows of different kinds into different files");
        }
        kind = Optional.of(known);
        return parsed.row();
    }

    private void checkShare() {
        if (bad > MAX_BAD_SHARE * read) {
            throw new InvalidFileException(
                    file, bad + " of " + read + " rows are bad, more than half of them; the first: " + problems.get(0));
        }
    }

    long read() {
        return read;
    }

    long bad() {
        return bad;
    }

    List<String> problems() {
        return problems;
    }
}
