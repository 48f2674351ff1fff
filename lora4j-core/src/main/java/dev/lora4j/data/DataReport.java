package dev.lora4j.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found in a data set.
 *
 * @param read rows in the file
 * @param used rows that became examples
 * @param bad rows that cannot be learned from
 * @param tooLong rows left out because of their length
 * @param truncated rows used without their end
 * @param tokens of all examples
 * @param trainedTokens targets of the loss in all examples
 * @param longest most tokens of one example
 * @param labels how many examples have each label, by index
 * @param problems what is wrong with the first of the bad rows
 */
public record DataReport(
        long read,
        long used,
        long bad,
        long tooLong,
        long truncated,
        long tokens,
        long trainedTokens,
        int longest,
        Map<Integer, Long> labels,
        List<String> problems) {
    public DataReport {
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        problems = List.copyOf(problems);
    }
}
