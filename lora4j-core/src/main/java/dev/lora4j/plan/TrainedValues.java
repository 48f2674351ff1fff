package dev.lora4j.plan;

import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterShape;
import dev.lora4j.lora.Baseline;
import dev.lora4j.lora.BiasMode;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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
        if (settings.method().full()) {
            return whole(shape.model().parameters(), "all of the model's");
        }
        return settings.method()
                .baseline()
                .map(baseline -> baseline(shape, baseline))
                .orElseGet(() -> lora(shape, settings));
    }

    private static TrainedValues baseline(ModelShape shape, Baseline baseline) {
        long layers = shape.blocks().size();
        return switch (baseline.kind()) {
            case BITFIT -> bitFit(shape);
            case ADAPTER_H -> bottlenecks(shape, baseline.size(), 2 * layers, 0);
            case ADAPTER_L -> bottlenecks(shape, baseline.size(), layers, layers);
            case ADAPTER_P -> bottlenecks(shape, baseline.size(), layers, 0);
            case PREFIX_EMBEDDING -> embeddings(shape, baseline.size());
            case PREFIX_LAYER -> states(shape, baseline.size());
            case TOP_LAYERS -> topLayers(shape, baseline.size());
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

    /** |Θ| = L_adpt · (2 d r + r + d) + 2 L_LN d (article, section 5.1). */
    private static TrainedValues bottlenecks(ModelShape shape, long width, long count, long norms) {
        long d = shape.hidden();
        String formula = String.format(
                Locale.ROOT,
                "L_adpt (2 d r + r + d)%s = %,d (2 x %,d x %,d + %,d + %,d)",
                norms == 0 ? "" : " + 2 L_LN d",
                count,
                d,
                width,
                width,
                d);
        String ofNorms = norms == 0 ? "" : String.format(Locale.ROOT, " + 2 x %,d x %,d", norms, d);
        return whole(count * (2 * d * width + width + d) + 2 * norms * d, formula + ofNorms);
    }

    /** PreEmbed: |Θ| = d · (l_p + l_i), of the table's width. */
    private static TrainedValues embeddings(ModelShape shape, long tokens) {
        long width = shape.model().wordEmbedding().matrix().inFeatures();
        return whole(width * tokens, String.format(Locale.ROOT, "d (l_p + l_i) = %,d x %,d", width, tokens));
    }

    /** PreLayer: |Θ| = L · d · (l_p + l_i). */
    private static TrainedValues states(ModelShape shape, long tokens) {
        long layers = shape.blocks().size();
        return whole(
                layers * shape.hidden() * tokens,
                String.format(Locale.ROOT, "L d (l_p + l_i) = %,d x %,d x %,d", layers, shape.hidden(), tokens));
    }

    private static TrainedValues topLayers(ModelShape shape, int layers) {
        List<List<AdaptableModule>> blocks = shape.model().modulesByBlock();
        if (layers >= blocks.size()) {
            throw new AdapterException(shape.model().name() + ": top-layers of " + layers
                    + " layers, but the model has " + blocks.size() + "; plan fewer, or all of it by method full");
        }
        long values = blocks.subList(blocks.size() - layers, blocks.size()).stream()
                .flatMap(List::stream)
                .mapToLong(TrainedValues::values)
                .sum();
        return whole(values, String.format(Locale.ROOT, "all of the last %,d of %,d layers", layers, blocks.size()));
    }

    private static long values(AdaptableModule module) {
        Tensor bias = module.bias();
        return Arrays.stream(module.shape()).reduce(1, Math::multiplyExact) + (bias == null ? 0 : bias.elements());
    }

    private static TrainedValues whole(long values, String formula) {
        return new TrainedValues(values, values, formula, Map.of());
    }
}
