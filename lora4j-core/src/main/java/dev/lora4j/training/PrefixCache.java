package dev.lora4j.training;

import dev.lora4j.data.Example;
import dev.lora4j.model.FrozenPrefix;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Hidden states below the first adapted block, computed once per row and kept over the epochs.
 *
 * <p>The last bits of a row's states depend on the rows that went through the model beside it. So each row that is kept
 * has a group of rows, fixed before the first step, and its states are always those it has in this group. They are then
 * the same whichever rows a resumed run asks for first. Rows that are not kept are computed each time, with the other
 * such rows of their micro-batch. Confined to the training thread.
 */
final class PrefixCache {
    private final Source source;
    private final PrefixStates states;
    private final IdentityHashMap<Example, Place> places = new IdentityHashMap<>();

    /**
     * Where states come from and go to.
     *
     * @param blocks of the model that no adapter changes, at least 1
     * @param device of the model
     * @param pace of its work
     */
    record Source(LanguageModel model, int blocks, Device device, Pace pace) {
        /** [tokens, hidden] of some rows that go through the model together. */
        private Tensor computed(List<Example> rows) {
            pace.await();
            return model.hiddenBelow(MicroBatch.tokens(rows), blocks);
        }
    }

    /** Rows that are computed together, and where their states are kept. */
    private static final class Group {
        private final List<Example> rows;
        private final long first;
        private boolean computed;

        Group(List<Example> rows, long first) {
            this.rows = rows;
            this.first = first;
        }
    }

    /** Where a row's states are kept. */
    private record Place(Group group, long first) {}

    /**
     * A cache that has computed nothing yet.
     *
     * @param groups that are kept
     * @param states room for all their tokens, borrowed
     * @param start first token of that room
     */
    PrefixCache(Source source, List<List<Example>> groups, PrefixStates states, long start) {
        this.source = source;
        this.states = states;
        long first = start;
        for (List<Example> rows : groups) {
            Group group = new Group(rows, first);
            for (Example row : rows) {
                places.put(row, new Place(group, first));
                first += row.length();
            }
        }
    }

    /** Computes what is still missing for some rows, and keeps it. */
    void compute(List<Example> rows) {
        for (Example row : rows) {
            Place place = places.get(row);
            if (place != null && !place.group().computed) {
                Group group = place.group();
                try (Scope scope = Scope.open()) {
                    states.write(group.first, source.computed(group.rows));
                    group.computed = true;
                }
            }
        }
    }

    /**
     * The states of some rows, one after another.
     *
     * @return [tokens, hidden], of the calling thread's scope
     */
    FrozenPrefix prefix(List<Example> rows) {
        compute(rows);
        try (Scope scope = Scope.open()) {
            List<Example> others =
                    rows.stream().filter(row -> !places.containsKey(row)).toList();
            Tensor all = others.size() == rows.size() ? source.computed(rows) : together(rows, others);
            return new FrozenPrefix(source.blocks(), scope.give(all));
        }
    }

    /** Kept states and those of the others, in the order of the rows. */
    private Tensor together(List<Example> rows, List<Example> others) {
        long tokens = rows.stream().mapToLong(Example::length).sum();
        Tensor all = Tensor.empty(DType.F32, tokens, source.model().hiddenSize());
        Tensor computed = others.isEmpty() ? all : source.computed(others);
        long start = 0;
        long used = 0;
        for (Example row : rows) {
            Tensor into = all.rows(start, start + row.length());
            Place place = places.get(row);
            if (place == null) {
                into.copyFrom(computed.rows(used, used + row.length()));
                used += row.length();
            } else {
                states.read(place.first(), into);
            }
            start += row.length();
        }
        return all.to(source.device());
    }

    /** The states of several runs' rows, side by side. */
    static FrozenPrefix sideBySide(List<FrozenPrefix> prefixes) {
        if (prefixes.size() == 1) {
            return prefixes.get(0);
        }
        List<Tensor> parts = new ArrayList<>();
        prefixes.forEach(prefix -> parts.add(prefix.states()));
        return new FrozenPrefix(prefixes.get(0).blocks(), Tensor.concatenate(parts.toArray(Tensor[]::new)));
    }
}
