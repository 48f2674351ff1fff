package dev.lora4j.lora;

import dev.lora4j.model.ModuleValues;
import dev.lora4j.model.Replacement;
import dev.lora4j.model.Routing;
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
 * <p>Rows of no run get the base alone. Immutable.
 */
public final class AdapterRouting implements Routing {
    private final List<Run> runs;

    private AdapterRouting(List<Run> runs) {
        this.runs = List.copyOf(runs);
    }

    /**
     * Rows that use one adapter.
     *
     * @param start first row
     * @param end one past the last row
     * @param dropoutKey of the adapter's own stream at this step; empty outside training
     */
    public record Run(long start, long end, Adapter adapter, OptionalLong dropoutKey) {}

    /** Runs that do not overlap, sorted by row. */
    public static AdapterRouting of(List<Run> runs) {
        for (int i = 1; i < runs.size(); i++) {
            if (runs.get(i).start() < runs.get(i - 1).end()) {
                throw new IllegalArgumentException(
                        "run " + i + " begins at row " + runs.get(i).start() + ", before the end of the run before it");
            }
        }
        return new AdapterRouting(runs);
    }

    /** All rows use one adapter. */
    public static AdapterRouting of(Adapter adapter, long rows) {
        return new AdapterRouting(List.of(new Run(0, rows, adapter, OptionalLong.empty())));
    }

    @Override
    public List<Segment> segments(String path) {
        List<Segment> segments = new ArrayList<>(runs.size());
        for (Run run : runs) {
            AdapterParts parts = run.adapter().parts();
            LowRank pair = parts.lowRanks().get(path);
            LowRank anchor = parts.anchors().get(path);
            if (pair != null) {
                segments.add(new Segment(run.start(), run.end(), pair, dropout(run, path)));
            }
            if (anchor != null) {
                segments.add(new Segment(run.start(), run.end(), anchor));
            }
        }
        return segments;
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

    private static Optional<DropoutStream> dropout(Run run, String path) {
        double probability = run.adapter().config().dropout();
        if (probability == 0 || run.dropoutKey().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new DropoutStream(probability, run.dropoutKey().getAsLong()).forPurpose(path.hashCode()));
    }
}
