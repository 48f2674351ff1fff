package dev.lora4j.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what examples hold. */
final class ExampleTally {
    private final Map<Integer, Long> labels = new TreeMap<>();
    private long used;
    private long tokens;
    private long trained;
    private int longest;

    void add(Example example) {
        used++;
        tokens += example.length();
        trained += example.trainedTokens();
        longest = Math.max(longest, example.length());
        example.label().ifPresent(label -> labels.merge(label, 1L, Long::sum));
    }

    /** The report on a data set in which every row became an example. */
    DataReport report() {
        return report(used, 0, 0, 0, List.of());
    }

    DataReport report(long read, long bad, long tooLong, long truncated, List<String> problems) {
        return new DataReport(read, used, bad, tooLong, truncated, tokens, trained, longest, labels, problems);
    }
}
