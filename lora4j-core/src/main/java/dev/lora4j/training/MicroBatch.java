package dev.lora4j.training;

import dev.lora4j.data.Example;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.VirtualTokens;
import dev.lora4j.model.TokenBatch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * Rows of one or more adapters that go through the model together, each adapter's rows side by side.
 *
 * <p>How an adapter's rows are cut into micro-batches depends on that adapter alone, so training it beside others
 * computes what training it alone does.
 */
record MicroBatch(List<Part> parts) {
    /**
     * Rows of one adapter.
     *
     * @param dropoutKey of the adapter's stream; empty outside training
     */
    record Part(TrainingTask task, List<Example> rows, OptionalLong dropoutKey) {
        long tokens() {
            return rows.stream().mapToLong(Example::length).sum();
        }
    }

    MicroBatch {
        parts = List.copyOf(parts);
    }

    /**
     * Rows with the virtual tokens of a task's adapter, sorted by length, so that equally long ones meet in one attention call,
     * and cut at the task's number of tokens.
     */
    static List<List<Example>> cut(List<Example> rows, TrainingTask task) {
        VirtualTokens virtual = task.adapter().virtualTokens();
        List<Example> sorted = new ArrayList<>();
        rows.forEach(row -> sorted.add(row.with(virtual.at(), virtual.ids())));
        return cutSorted(sorted, task.config().microBatchTokens());
    }

    private static List<List<Example>> cutSorted(List<Example> sorted, int mostTokens) {
        sorted.sort(Comparator.comparingInt(Example::length));
        List<List<Example>> pieces = new ArrayList<>();
        List<Example> piece = new ArrayList<>();
        long tokens = 0;
        for (Example row : sorted) {
            if (!piece.isEmpty() && tokens + row.length() > mostTokens) {
                pieces.add(piece);
                piece = new ArrayList<>();
                tokens = 0;
            }
            piece.add(row);
            tokens += row.length();
        }
        pieces.add(piece);
        return pieces;
    }

    TokenBatch tokens() {
        return tokens(parts.stream().flatMap(part -> part.rows().stream()).toList());
    }

    static TokenBatch tokens(List<Example> rows) {
        List<int[]> ids = new ArrayList<>();
        List<int[]> types = new ArrayList<>();
        for (Example row : rows) {
            ids.add(row.tokens());
            int[] rowTypes = new int[row.length()];
            for (int t = 0; t < rowTypes.length; t++) {
                rowTypes[t] = row.type(t);
            }
            types.add(rowTypes);
        }
        return TokenBatch.of(ids, types);
    }

    AdapterRouting routing() {
        List<AdapterRouting.Run> runs = new ArrayList<>();
        long start = 0;
        for (Part part : parts) {
            long end = start + part.tokens();
            runs.add(new AdapterRouting.Run(start, end, part.task().adapter(), part.dropoutKey()));
            start = end;
        }
        return AdapterRouting.of(runs);
    }
}
