package dev.lora4j.generation;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.lora.WeightedAdapter;
import dev.lora4j.model.LanguageModel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The merged model of the one adapter that has had every row for a while.
 *
 * <p>A step with that adapter alone runs through the merged model; the first step with anything else runs beside the base
 * again. Both compute the same up to rounding, and a sequence may go from one to the other. Merging is a copy of the
 * matrices and, by its operations, as much as reading as many tokens as the rank, so it is done between two steps. Confined to one thread at a time; holds native memory
 * until closed.
 */
final class MergedPath implements AutoCloseable {
    /** Steps in a row of one adapter alone before it is merged. */
    static final int WARM = 64;
    /** Steps in a row of others before the merged model's memory is given back. */
    static final int COLD = 1_024;

    private static final Logger LOG = LoggerFactory.getLogger(MergedPath.class);

    private final LanguageModel base;
    private @Nullable Adapter last;
    private int inARow;
    private @Nullable Adapter merged;
    private @Nullable LanguageModel view;
    private int unused;
    private long steps;

    /** Nothing is merged yet; borrows the base. */
    MergedPath(LanguageModel base) {
        this.base = base;
    }

    /**
     * The merged model for a step of these sequences; null if it is to run beside the base.
     *
     * @param adapters of each
     */
    @Nullable
    LanguageModel of(List<List<WeightedAdapter>> adapters) {
        Adapter only = only(adapters);
        inARow = only != null && only == last ? inARow + 1 : 1;
        last = only;
        if (only != null && only != merged && inARow > WARM) {
            merge(only);
        }
        if (only == null || only != merged) {
            if (view != null && ++unused >= COLD) {
                close();
            }
            return null;
        }
        unused = 0;
        if (view != null) {
            steps++;
        }
        return view;
    }

    /** The one adapter of all rows, as it is; null if there is none. */
    private static @Nullable Adapter only(List<List<WeightedAdapter>> adapters) {
        List<WeightedAdapter> first = adapters.get(0);
        boolean alone = first.size() == 1 && first.get(0).weight() == 1;
        return alone && adapters.stream().allMatch(first::equals) ? first.get(0).adapter() : null;
    }

    private void merge(Adapter adapter) {
        close();
        merged = adapter; // also of one that cannot be merged, which is not tried again
        try {
            view = MergedModel.of(base, adapter);
        } catch (AdapterException e) {
            LOG.warn("an adapter stays beside the base: {}", e.getMessage());
        }
    }

    /** Steps that ran through a merged model. */
    long steps() {
        return steps;
    }

    @Override
    public void close() {
        merged = null;
        unused = 0;
        if (view != null) {
            view.close();
            view = null;
        }
    }
}
