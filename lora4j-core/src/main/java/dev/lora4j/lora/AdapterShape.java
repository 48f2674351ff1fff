package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.Convolution;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * What an adapter of a configuration would hold beside a model, told without making it.
 *
 * <pre>
 * a pair          r · in + out · r, where B is trained: of a fused layer r · in per part and r · outputs of the part
 * trained whole   all values of the module
 * </pre>
 *
 * <p>It needs no more of the model than {@link LanguageModel#outline}.
 *
 * @param pairs in the model's order
 * @param whole modules trained whole, and biases trained on their own, which have no rank
 */
public record AdapterShape(List<Part> pairs, List<Part> whole) {
    /**
     * What is trained at a module.
     *
     * @param rank of the pair, of all parts together in a fused layer; 0 if the module is trained itself
     * @param trained values that training changes
     * @param stored values in the adapter's files, which hold the zeros of a fused layer's B too
     */
    public record Part(String path, long rank, long trained, long stored) {
        private static Part whole(String path, long values) {
            return new Part(path, 0, values, values);
        }
    }

    /** Copies the lists. */
    public AdapterShape {
        pairs = List.copyOf(pairs);
        whole = List.copyOf(whole);
    }

    /**
     * Finds out.
     *
     * @param outputs of a head of its own; 0 for none
     * @throws AdapterException as {@link Adapter#create} does
     */
    public static AdapterShape of(LanguageModel model, LoraConfig asked, int outputs) {
        Targets usual = UsualTargets.of(model.config().path("model_type").asText());
        LoraConfig config = (outputs > 0 ? Adapter.withHeads(model, asked) : asked).orUsual(usual);
        try (Scope scope = Scope.open()) {
            Map<String, AdaptableModule> modules = new FreshAdapter(model, 0).modules(outputs);
            TargetSelection selection = TargetSelection.of(config, ModulePaths.of(modules.values()), usual);
            FusedParts.requireAllFound(config, selection.adapted());
            List<Part> pairs = selection.adapted().stream()
                    .map(path -> pair(config, Objects.requireNonNull(modules.get(path))))
                    .toList();
            List<Part> whole = new ArrayList<>();
            selection.saved().forEach(path -> whole.add(wholeModule(Objects.requireNonNull(modules.get(path)))));
            whole.addAll(biases(config, selection, modules.values()));
            return new AdapterShape(pairs, whole);
        }
    }

    private static Part pair(LoraConfig config, AdaptableModule module) {
        String path = module.path();
        long rank = config.rankAt(path);
        if (module instanceof ExpertStack stack) {
            long[] shape = stack.shape(); // [experts, out, in]
            long values = stack.experts() * rank * (shape[1] + shape[2]);
            return new Part(path, rank, values, values);
        }
        long[] shape = WeightMatrix.shape(module);
        long a = rank * shape[1];
        long b = rank * shape[0];
        long trainedB = b;
        if (module instanceof Convolution convolution) {
            b /= convolution.groups();
            trainedB = b;
        }
        List<String> parts = config.partsAt(path);
        if (!parts.isEmpty()) {
            trainedB = rank / parts.size() * FusedParts.outputs(config, module);
        }
        boolean table = module instanceof EmbeddingTable;
        long more = (config.isDora() ? shape[0] : 0) + (config.hasLoraBias() && !table ? shape[0] : 0);
        return new Part(path, rank, a + trainedB + more, a + b + more);
    }

    private static Part wholeModule(AdaptableModule module) {
        return Part.whole(module.path(), elements(module) + biasElements(module));
    }

    private static List<Part> biases(
            LoraConfig config, TargetSelection selection, Collection<AdaptableModule> modules) {
        return modules.stream()
                .filter(module -> module.bias() != null && !selection.saved().contains(module.path()))
                .filter(module -> switch (config.bias()) {
                    case NONE -> false;
                    case ALL -> true;
                    case LORA_ONLY -> selection.adapted().contains(module.path());
                })
                .map(module -> Part.whole(module.path(), biasElements(module)))
                .toList();
    }

    private static long elements(AdaptableModule module) {
        long elements = 1;
        for (long size : module.shape()) {
            elements = Math.multiplyExact(elements, size);
        }
        return elements;
    }

    private static long biasElements(AdaptableModule module) {
        return module.bias() == null ? 0 : Objects.requireNonNull(module.bias()).elements();
    }

    /** Values that training changes. */
    public long trained() {
        return sum(pairs, Part::trained) + sum(whole, Part::trained);
    }

    /** Values in the adapter's files. */
    public long stored() {
        return sum(pairs, Part::stored) + sum(whole, Part::stored);
    }

    private static long sum(List<Part> parts, ToLongFunction<Part> values) {
        return parts.stream().mapToLong(values).sum();
    }
}
