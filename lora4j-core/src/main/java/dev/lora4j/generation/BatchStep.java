package dev.lora4j.generation;

import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.AdapterRouting.Run;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One pass of a batch through the model, and what its logits mean to each sequence.
 *
 * @param parts those of the same adapters side by side
 * @param merged whether the model has the parts' adapter in its weights
 */
record BatchStep(LanguageModel model, List<Part> parts, boolean merged) {
    /** Through the base, adapters beside it. */
    static BatchStep beside(LanguageModel base, List<Part> parts) {
        return new BatchStep(base, parts, false);
    }

    /** Through the base with the one adapter of all parts merged in. */
    static BatchStep through(LanguageModel merged, List<Part> parts) {
        return new BatchStep(merged, parts, true);
    }

    /** What a sequence puts into a step: its tokens that the cache has not seen yet. */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    record Part(ActiveSequence sequence, int[] tokens) {
        List<WeightedAdapter> adapters() {
            return sequence.adapters();
        }
    }

    void run() {
        try (Scope scope = Scope.open()) {
            TokenBatch batch = TokenBatch.of(parts.stream().map(Part::tokens).toList());
            Tensor hidden = model.continued(
                    batch,
                    routing(
                            parts.stream()
                                    .mapToInt(part -> part.tokens().length)
                                    .toArray(),
                            parts),
                    parts.stream().map(part -> part.sequence().cache()).toList());
            List<Part> read = new ArrayList<>();
            List<Long> lastRows = new ArrayList<>();
            for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).sequence().isRead()) {
                    read.add(parts.get(i));
                    lastRows.add((long) batch.sequences().offset(i)
                            + batch.sequences().length(i)
                            - 1);
                }
            }
            if (!read.isEmpty()) {
                long[] rows = lastRows.stream().mapToLong(Long::longValue).toArray();
                advance(read, hidden.selectRows(Tensor.of(rows).to(hidden.device())));
            }
        }
    }

    private void advance(List<Part> read, Tensor hidden) {
        int[] ones = new int[read.size()];
        Arrays.fill(ones, 1);
        Tensor logits = model.logits(hidden, routing(ones, read));
        for (int i = 0; i < read.size(); i++) {
            read.get(i).sequence().advance(logits.rows(i, i + 1).toFloats());
        }
    }

    private Routing routing(int[] lengths, List<Part> parts) {
        if (merged) {
            return Routing.NONE;
        }
        List<Run> runs = new ArrayList<>();
        long end = 0;
        for (int i = 0; i < lengths.length; ) {
            long start = end;
            List<WeightedAdapter> adapters = parts.get(i).adapters();
            while (i < lengths.length && parts.get(i).adapters().equals(adapters)) {
                end += lengths[i++];
            }
            AdapterRouting.add(runs, start, end, adapters);
        }
        return AdapterRouting.of(runs);
    }
}
