package dev.lora4j.model;

import dev.lora4j.tensor.Attention;
import dev.lora4j.tensor.AttentionShape;
import dev.lora4j.tensor.LastRows;
import dev.lora4j.tensor.Sequences;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pass of generation writes to the caches of its sequences and reads of them; worked out once for all layers.
 *
 * <p>Neighbouring sequences of the same kind attend together: those that begin, and those that go on by one token. Lives
 * in the scope it was made in and must be closed inside it.
 */
final class CacheStep implements AutoCloseable {
    private final Sequences sequences;
    private final List<KvCache> caches;
    private final KvPages memory;
    private final Slots written;
    private final List<Run> runs = new ArrayList<>();

    /** Takes the pages for the new tokens. */
    CacheStep(Sequences sequences, List<KvCache> caches) {
        this.sequences = sequences;
        this.caches = caches;
        this.memory = caches.get(0).memory();
        for (int i = 0; i < caches.size(); i++) {
            if (caches.get(i).memory() != memory) {
                throw new IllegalArgumentException("the caches of one pass must be of the same pages");
            }
            caches.get(i).reserve(sequences.length(i));
        }
        written = newSlots();
        for (int first = 0; first < caches.size(); ) {
            int end = endOfKind(first);
            runs.add(run(first, end));
            first = end;
        }
    }

    /** Tokens of a sequence before this pass. */
    int before(int sequence) {
        return caches.get(sequence).length();
    }

    /** After the last layer: the new tokens become part of the sequences. */
    void advance() {
        for (int i = 0; i < caches.size(); i++) {
            caches.get(i).advance(sequences.length(i));
        }
    }

    /** Attention of a layer from the new rows, whose keys and values are written down, to all of their sequences. */
    Tensor attend(Tensor q, Tensor k, Tensor v, int layer, AttentionShape shape) {
        Tensor keys = memory.keys(layer);
        Tensor values = memory.values(layer);
        written.write(keys, k);
        written.write(values, v);
        List<Tensor> parts = new ArrayList<>();
        for (Run run : runs) {
            parts.add(run.attend(q.rows(run.start(), run.end()), new Rows(k, keys), new Rows(v, values), shape));
        }
        return parts.size() == 1 ? parts.get(0) : Tensor.concatenate(parts.toArray(Tensor[]::new));
    }

    @Override
    public void close() {
        for (Run run : runs) {
            if (run instanceof GoingOn goingOn) {
                goingOn.rows().close();
            }
        }
    }

    /** Keys or values: the new rows of the batch, and those of all sequences. */
    private record Rows(Tensor added, Tensor all) {}

    /** Neighbouring sequences that attend alike. */
    private sealed interface Run {
        /** First of their new rows. */
        int start();

        /** One past the last of their new rows. */
        int end();

        Tensor attend(Tensor q, Rows keys, Rows values, AttentionShape shape);
    }

    /** Sequences that begin: all that they see is in the batch. */
    private record Beginning(int start, int end, Sequences sequences) implements Run {
        @Override
        public Tensor attend(Tensor q, Rows keys, Rows values, AttentionShape shape) {
            Tensor k = keys.added().rows(start, end);
            Tensor v = values.added().rows(start, end);
            return Attention.apply(Tape.inference(), q, k, v, sequences, shape);
        }
    }

    /** Sequences that go on by one token each. */
    private record GoingOn(int start, int end, LastRows rows, Slots seen) implements Run {
        @Override
        public Tensor attend(Tensor q, Rows keys, Rows values, AttentionShape shape) {
            return Attention.last(q, seen.read(keys.all()), seen.read(values.all()), rows, shape);
        }
    }

    /** A sequence that goes on by several tokens, such as the next part of a long prompt. */
    private record Chunk(int start, int end, Slots seen) implements Run {
        @Override
        public Tensor attend(Tensor q, Rows keys, Rows values, AttentionShape shape) {
            return Attention.cached(q, seen.read(keys.all()), seen.read(values.all()), shape);
        }
    }

    private boolean begins(int sequence) {
        return before(sequence) == 0;
    }

    private boolean isChunk(int sequence) {
        return !begins(sequence) && sequences.length(sequence) > 1;
    }

    private int endOfKind(int first) {
        int end = first + 1;
        while (end < caches.size() && !isChunk(first) && !isChunk(end) && begins(end) == begins(first)) {
            end++;
        }
        return end;
    }

    private Run run(int first, int end) {
        int start = sequences.offset(first);
        int stop = sequences.offset(end - 1) + sequences.length(end - 1);
        int[] lengths = new int[end - first];
        for (int i = first; i < end; i++) {
            lengths[i - first] = before(i) + sequences.length(i);
        }
        if (begins(first)) {
            return new Beginning(start, stop, Sequences.ofLengths(lengths));
        }
        LastRows rows = LastRows.ofLengths(lengths);
        Slots seen = seen(first, lengths, rows.longest());
        if (isChunk(first)) {
            return new Chunk(start, stop, seen);
        }
        return new GoingOn(start, stop, rows, seen);
    }

    /** Slots of all tokens of some sequences, each filled up to the longest with its own first one. */
    private Slots seen(int first, int[] lengths, int longest) {
        long[] slots = new long[Math.multiplyExact(lengths.length, longest)];
        for (int i = 0; i < lengths.length; i++) {
            KvCache cache = caches.get(first + i);
            for (int t = 0; t < longest; t++) {
                slots[i * longest + t] = cache.slot(t < lengths[i] ? t : 0);
            }
        }
        return Slots.of(slots, memory);
    }

    private Slots newSlots() {
        long[] slots = new long[sequences.tokens()];
        for (int i = 0; i < caches.size(); i++) {
            for (int t = 0; t < sequences.length(i); t++) {
                slots[sequences.offset(i) + t] = caches.get(i).slot(before(i) + t);
            }
        }
        return Slots.of(slots, memory);
    }

    /**
     * Rows of the memory.
     *
     * @param indices [count], or null if they follow each other
     */
    private record Slots(long first, long count, @Nullable Tensor indices) {
        static Slots of(long[] slots, KvPages memory) {
            boolean follow = true;
            for (int i = 0; i < slots.length && follow; i++) {
                follow = slots[i] == slots[0] + i;
            }
            return new Slots(
                    slots[0], slots.length, follow ? null : Tensor.of(slots).to(memory.device()));
        }

        Tensor read(Tensor rows) {
            return indices == null ? rows.rows(first, first + count) : rows.selectRows(indices);
        }

        void write(Tensor rows, Tensor values) {
            if (indices == null) {
                rows.rows(first, first + count).copyFrom(values);
            } else {
                rows.writeRows(indices, values);
            }
        }
    }
}
