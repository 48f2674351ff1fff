package dev.lora4j.plan;

import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterShape;
import dev.lora4j.lora.BiasMode;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a method trains.
 *
 * @param trained values that training changes
 * @param stored values in the files of one fine-tuned model
 * @param formula of the trained values, with this model's numbers
 * @param ranks of pairs, by path; empty for all other methods
 */
public record TrainedValues(long trained, long stored, String formula, Map<String, Long> ranks) {
    /** Copies the map. */
    public TrainedValues {
        ranks = Map.copyOf(ranks);
    }

    static TrainedValues of(ModelShape shape, PlanSettings settings) {
        return switch (settings.method()) {
            case LORA -> lora(shape, settings);
            case FULL -> whole(shape.model().parameters(), "all of the model's");
            case BITFIT -> bitFit(shape);
            case ADAPTER -> adapter(shape, settings.lora().rank());
            case PREFIX -> prefix(shape, settings.prefixTokens());
        };
    }

    private static TrainedValues lora(ModelShape shape, PlanSettings settings) {
        AdapterShape adapter = AdapterShape.of(shape.model(), settings.lora(), settings.outputs());
        Map<String, Long> ranks = new HashMap<>();
        adapter.pairs().forEach(pair -> ranks.put(pair.path(), pair.rank()));
        boolean biases = settings.lora().bias() != BiasMode.NONE;
        String formula = String.format(
                Locale.ROOT,
                "sum of r (in + out) over %,d layers%s",
                adapter.pairs().size(),
                adapter.whole().isEmpty() ? "" : biases ? ", and biases" : ", and the head");
        return new TrainedValues(adapter.trained(), adapter.stored(), formula, ranks);
    }

    private static TrainedValues bitFit(ModelShape shape) {
        long biases = shape.biases();
        if (biases == 0) {
            throw new AdapterException(shape.model().name() + ": a " + shape.type()
                    + " model has no biases to train; choose another method");
        }
        return whole(biases, "all biases");
    }

    /** AdapterH: |Θ| = L_adpt · (2 d r + r + d), two in each block, with no norm of their own. */
    private static TrainedValues adapter(ModelShape shape, long rank) {
        long count = 2L * shape.blocks().size();
        long d = shape.hidden();
        return whole(
                count * (2 * d * rank + rank + d),
                String.format(
                        Locale.ROOT,
                        "L_adpt (2 d r + r + d) = %,d (2 x %,d x %,d + %,d + %,d)",
                        count,
                        d,
                        rank,
                        rank,
                        d));
    }

    /** PreLayer: |Θ| = L · d · (l_p + l_i). */
    private static TrainedValues prefix(ModelShape shape, long tokens) {
        long layers = shape.blocks().size();
        return whole(
                layers * shape.hidden() * tokens,
                String.format(Locale.ROOT, "L d (l_p + l_i) = %,d x %,d x %,d", layers, shape.hidden(), tokens));
    }

    private static TrainedValues whole(long values, String formula) {
        return new TrainedValues(values, values, formula, Map.of());
    }
}
