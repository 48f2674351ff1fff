package dev.lora4j.generation;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.AdapterRouting.Run;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One pass of a batch through the model, and what its logits mean to each sequence.
 *
 * @param parts those of the same adapter side by side
 */
record BatchStep(LanguageModel model, List<Part> parts) {
    /** Path of the output layer, which an adapter may have trained whole. */
    private static final String HEAD = "lm_head";

    /** What a sequence puts into a step: its tokens that the cache has not seen yet. */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    record Part(ActiveSequence sequence, int[] tokens) {
        Optional<Adapter> adapter() {
            return sequence.adapter();
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

    /** Neighbours with the same output layer share its product. */
    private void advance(List<Part> read, Tensor hidden) {
        for (int start = 0; start < read.size(); ) {
            Linear head = head(read.get(start));
            int end = start + 1;
            while (end < read.size() && head(read.get(end)).equals(head)) {
                end++;
            }
            try (Scope scope = Scope.open()) {
                List<Part> same = read.subList(start, end);
                int[] ones = new int[same.size()];
                Arrays.fill(ones, 1);
                Tensor logits = model.logits(hidden.rows(start, end), head, routing(ones, same));
                for (int i = 0; i < same.size(); i++) {
                    same.get(i).sequence().advance(logits.rows(i, i + 1).toFloats());
                }
            }
            start = end;
        }
    }

    private Linear head(Part part) {
        return part.adapter().map(adapter -> adapter.saved().get(HEAD)).orElseGet(model::outputLayer);
    }

    private static AdapterRouting routing(int[] lengths, List<Part> parts) {
        List<Run> runs = new ArrayList<>();
        long start = 0;
        for (int i = 0; i < lengths.length; i++) {
            long end = start + lengths[i];
            if (parts.get(i).adapter().isPresent()) {
                addRun(runs, start, end, parts.get(i).adapter().get());
            }
            start = end;
        }
        return AdapterRouting.of(runs);
    }

    private static void addRun(List<Run> runs, long start, long end, Adapter adapter) {
        int last = runs.size() - 1;
        if (last >= 0 && runs.get(last).end() == start && runs.get(last).adapter() == adapter) {
            start = runs.remove(last).start();
        }
        runs.add(new Run(start, end, adapter, OptionalLong.empty()));
    }
}
