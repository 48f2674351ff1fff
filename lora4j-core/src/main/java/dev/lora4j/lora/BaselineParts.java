package dev.lora4j.lora;

import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.BlockSites;
import dev.lora4j.model.Bottleneck;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.Insertion;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.DropoutStream;
import dev.lora4j.tensor.Random;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Segment;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The values that a {@link Baseline} trains, as they begin.
 *
 * <p>What is inserted begins near to changing nothing: bottlenecks with weights of deviation 0.01, as in arXiv 1902.00751,
 * virtual tokens with what the model makes of real tokens drawn by the seed (arXiv 2101.00190, section 7.4).
 */
final class BaselineParts {
    private static final double DEVIATION = 0.01;

    private final LanguageModel model;
    private final ToLongFunction<String> keys;
    private final Scope owner;
    private final AdapterParts parts;

    /**
     * Parts to be filled.
     *
     * @param keys of random values, by path
     */
    BaselineParts(LanguageModel model, ToLongFunction<String> keys, Scope owner, AdapterParts parts) {
        this.model = model;
        this.keys = keys;
        this.owner = owner;
        this.parts = parts;
    }

    /** How the values begin. */
    enum Begin {
        /** To be trained. */
        FRESH,
        /** To be replaced by those of a file. */
        BLANK
    }

    /**
     * Adds the baseline's values.
     *
     * @param modules the model's, and fresh heads
     */
    void add(Begin begin, Baseline baseline, Collection<AdaptableModule> modules) {
        switch (baseline.kind()) {
            case BITFIT -> biases(modules);
            case TOP_LAYERS -> topLayers(baseline);
            case ADAPTER_H, ADAPTER_L, ADAPTER_P -> bottlenecks(baseline);
            case PREFIX_EMBEDDING ->
                states(begin, baseline, Set.of(model.wordEmbedding().path()));
            case PREFIX_LAYER -> states(begin, baseline, sites());
        }
    }

    private void biases(Collection<AdaptableModule> modules) {
        TrainedBiases.copy(BiasMode.ALL, modules, parts, owner);
        if (parts.biases().isEmpty()) {
            throw new AdapterException(
                    model.name() + ": bitfit trains the biases, and the model has none; choose another method");
        }
    }

    private void topLayers(Baseline baseline) {
        List<List<AdaptableModule>> blocks = model.modulesByBlock();
        if (baseline.size() >= blocks.size()) {
            throw new AdapterException(model.name() + ": " + baseline + ", but the model has " + blocks.size()
                    + "; train fewer, or all of it by method full");
        }
        blocks.subList(blocks.size() - baseline.size(), blocks.size())
                .forEach(block -> block.forEach(module -> parts.save(module, owner)));
    }

    private void bottlenecks(Baseline baseline) {
        Set<String> paths = new LinkedHashSet<>();
        for (BlockSites site : model.blockSites()) {
            if (site.feedForward() == null || site.end() == null) {
                throw new AdapterException(model.name() + ": " + baseline
                        + " has no place after a mixture of experts; choose another method");
            }
            if (baseline.kind() == Baseline.Kind.ADAPTER_H) {
                paths.add(site.attention());
                paths.add(site.feedForward());
            } else {
                paths.add(site.end());
            }
        }
        paths.forEach(path -> parts.inserted().bottlenecks().put(path, bottleneck(baseline, path)));
    }

    private Bottleneck bottleneck(Baseline baseline, String path) {
        int hidden = model.hiddenSize();
        int width = baseline.size();
        Bottleneck.Scales norm = baseline.kind() == Baseline.Kind.ADAPTER_L
                ? new Bottleneck.Scales(kept(Tensor.repeated(1, hidden)), kept(Tensor.zeros(DType.F32, hidden)))
                : null;
        return new Bottleneck(
                kept(Random.normal(keys.applyAsLong(path + ".down"), DEVIATION, width, hidden)),
                kept(Tensor.zeros(DType.F32, width)),
                kept(Random.normal(keys.applyAsLong(path + ".up"), DEVIATION, hidden, width)),
                kept(Tensor.zeros(DType.F32, hidden)),
                norm);
    }

    private Set<String> sites() {
        Set<String> paths = new LinkedHashSet<>();
        model.blockSites().forEach(site -> paths.add(site.states()));
        return paths;
    }

    private void states(Begin begin, Baseline baseline, Set<String> paths) {
        if (baseline.size() >= model.maxPositions()) {
            throw new AdapterException(model.name() + ": " + baseline + " leave no room for a text in "
                    + model.maxPositions() + " positions");
        }
        if (begin == Begin.FRESH) {
            watch(drawnTokens(baseline.size()), paths);
        } else {
            paths.forEach(path ->
                    parts.inserted().states().put(path, kept(Tensor.zeros(DType.F32, baseline.size(), width(path)))));
        }
    }

    private long width(String path) {
        EmbeddingTable words = model.wordEmbedding();
        return path.equals(words.path()) ? words.matrix().inFeatures() : model.hiddenSize();
    }

    private int[] drawnTokens(int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            long drawn = DropoutStream.mix(keys.applyAsLong("virtual_tokens") ^ i);
            tokens[i] = Math.toIntExact(Math.floorMod(drawn, (long) model.vocabularySize()));
        }
        return tokens;
    }

    /** Runs tokens through the model and keeps what it makes of them after these modules. */
    private void watch(int[] tokens, Set<String> paths) {
        Routing watching = new Watching(path -> {
            if (!paths.contains(path)) {
                return List.of();
            }
            return List.of(new Insertion(0, tokens.length, (tape, rows) -> {
                parts.inserted().states().put(path, kept(rows));
                return rows;
            }));
        });
        try (Scope scope = Scope.open()) {
            model.hidden(TokenBatch.of(List.of(tokens)), watching, Tape.inference());
        }
    }

    /** Nobody's adapter, with a look at what modules give. */
    private record Watching(Function<String, List<Insertion>> looks) implements Routing {
        @Override
        public List<Segment> segments(String path) {
            return List.of();
        }

        @Override
        public List<Insertion> insertions(String path) {
            return looks.apply(path);
        }
    }

    private Tensor kept(Tensor values) {
        Device device = model.wordEmbedding().matrix().device();
        return owner.keep(values.to(device).copy());
    }
}
