package dev.lora4j.data;

import dev.lora4j.formats.InvalidFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

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
                loop.take(next.get(), parser, consumer);
            }
        }
        if (loop.read == 0) {
            throw new InvalidFileException(file, "has no rows, expected one at least");
        }
        loop.checkShare();
        return loop;
    }

    private void take(RowReader.Unread unread, RowParser parser, BiConsumer<RowOrigin, Row> consumer) {
        read++;
        try {
            ParsedRow parsed = parser.parse(unread.fields().get(), unread.origin());
            consumer.accept(unread.origin(), ofOneKind(parsed, unread.origin()));
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
