package dev.lora4j.lora;

import dev.lora4j.model.Bottleneck;
import dev.lora4j.model.Insertion;
import dev.lora4j.model.ModuleValues;
import dev.lora4j.model.Replacement;
import dev.lora4j.model.Routing;
import dev.lora4j.model.VirtualRows;
import dev.lora4j.tensor.DropoutStream;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which rows of a flat batch use which adapter: runs in the order of the rows, built once per step.
 *
 * <p>Rows of no run get the base alone, rows of several runs the sum of what their adapters do. Immutable.
 */
public final class AdapterRouting implements Routing {
    private final List<Run> runs;
    private final VirtualRows virtual;
    private final boolean inserts;

    private AdapterRouting(List<Run> runs, VirtualRows virtual) {
        this.runs = List.copyOf(runs);
        this.virtual = virtual;
        this.inserts =
                runs.stream().anyMatch(run -> !run.adapter().parts().inserted().isEmpty());
    }

    /**
     * Rows that use one adapter.
     *
     * @param start first row
     * @param end one past the last row
     * @param weight of what its pairs do, 1 for the adapter as it is
     * @param dropoutKey of the adapter's own stream at this step; empty outside training
     */
    public record Run(long start, long end, Adapter adapter, double weight, OptionalLong dropoutKey) {
        /** With the adapter as it is. */
        public Run(long start, long end, Adapter adapter, OptionalLong dropoutKey) {
            this(start, end, adapter, 1, dropoutKey);
        }

        private boolean hasRowsOf(Run other) {
            return start == other.start && end == other.end;
        }
    }

    /**
     * Runs sorted by row, each after the one before or of the same rows; adapters of the same rows must be {@linkplain
     * WeightedAdapter#requireSum combinable}.
     */
    public static AdapterRouting of(List<Run> runs) {
        for (int i = 1; i < runs.size(); i++) {
            boolean apart = runs.get(i).start() >= runs.get(i - 1).end();
            if (!apart && !runs.get(i).hasRowsOf(runs.get(i - 1))) {
                throw new IllegalArgumentException(
                        "run " + i + " begins at row " + runs.get(i).start() + ", before the end of the run before it");
            }
        }
        return new AdapterRouting(runs, VirtualRows.NONE);
    }

    /** All rows use one adapter. */
    public static AdapterRouting of(Adapter adapter, long rows) {
        return of(List.of(new Run(0, rows, adapter, OptionalLong.empty())));
    }

    /** All rows use the same adapters, to be added up; none for the base alone. */
    public static AdapterRouting of(List<WeightedAdapter> adapters, long rows) {
        List<Run> runs = new ArrayList<>();
        add(runs, 0, rows, adapters);
        return of(runs);
    }

    /** Adds the runs of some rows that use the same adapters. */
    public static void add(List<Run> runs, long start, long end, List<WeightedAdapter> adapters) {
        adapters.forEach(each -> runs.add(new Run(start, end, each.adapter(), each.weight(), OptionalLong.empty())));
    }

    @Override
    public List<Segment> segments(String path) {
        List<Segment> segments = new ArrayList<>(runs.size());
        for (Run run : runs) {
            AdapterParts parts = run.adapter().parts();
            LowRank pair = parts.lowRanks().get(path);
            LowRank anchor = parts.anchors().get(path);
            if (pair != null) {
                segments.add(new Segment(run.start(), run.end(), weighted(pair, run), dropout(run, path)));
            }
            if (anchor != null) {
                segments.add(new Segment(run.start(), run.end(), weighted(anchor, run)));
            }
        }
        return segments;
    }

    private static LowRank weighted(LowRank pair, Run run) {
        return run.weight() == 1 ? pair : pair.times(run.weight());
    }

    @Override
    public List<Replacement> replacements(String path) {
        List<Replacement> replacements = new ArrayList<>();
        for (Run run : runs) {
            ModuleValues saved = run.adapter().parts().saved().get(path);
            Tensor bias = run.adapter().parts().biases().get(path);
            if (saved != null) {
                replacements.add(new Replacement(run.start(), run.end(), saved.weight(), saved.bias()));
            } else if (bias != null) {
                replacements.add(new Replacement(run.start(), run.end(), null, bias));
            }
        }
        return replacements;
    }

    @Override
    public AdapterRouting over(VirtualRows rows) {
        return new AdapterRouting(runs, rows);
    }

    @Override
    public List<Insertion> insertions(String path) {
        if (!inserts) {
            return List.of();
        }
        List<Insertion> insertions = new ArrayList<>();
        for (Run run : runs) {
            InsertedParts inserted = run.adapter().parts().inserted();
            Bottleneck bottleneck = inserted.bottlenecks().get(path);
            Tensor states = inserted.states().get(path);
            if (bottleneck != null) {
                insertions.add(new Insertion(run.start(), run.end(), bottleneck));
            }
            VirtualRows rows = states == null ? VirtualRows.NONE : virtual.within(run.start(), run.end());
            if (states != null && !rows.isEmpty()) {
                insertions.add(new Insertion(run.start(), run.end(), rows.from(states)));
            }
        }
        return insertions;
    }

    private static Optional<DropoutStream> dropout(Run run, String path) {
        double probability = run.adapter().config().dropout();
        if (probability == 0 || run.dropoutKey().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DropoutStream(probability, run.dropoutKey().getAsLong()).forPurpose(path.hashCode()));
    }
}
