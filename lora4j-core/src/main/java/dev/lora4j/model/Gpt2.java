package dev.lora4j.model;

import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.Recompute;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * GPT-2 of any size (Radford et al. 2019; transformers' {@code GPT2LMHeadModel}, without its dropout).
 *
 * @param tokens also the head's weight when they are tied
 * @param positions learned, one row per position
 */
record Gpt2(
        Gpt2Config config,
        EmbeddingTable tokens,
        EmbeddingTable positions,
        List<Gpt2Block> blocks,
        Norm finalNorm,
        @Nullable Linear head)
        implements CausalBackbone {

    /** Before the modules' paths; the files of the released models do without it. */
    static final String PREFIX = "transformer.";

    /** Masks that old checkpoints carry and nobody reads. */
    private static final Set<String> IGNORABLE = Set.of(".attn.bias", ".attn.masked_bias");

    private static final Set<String> IGNORABLE_WHEN_TIED = Set.of(".attn.bias", ".attn.masked_bias", "lm_head.weight");

    static Gpt2 load(Gpt2Config config, Weights weights, ModelTask task) {
        String prefix = weights.has(PREFIX + "wte.weight") ? PREFIX : "";
        int hidden = config.hidden();
        EmbeddingTable tokens = weights.embedding(PREFIX + "wte", prefix + "wte", config.vocabulary(), hidden);
        EmbeddingTable positions = weights.embedding(PREFIX + "wpe", prefix + "wpe", config.maxPositions(), hidden);
        List<Gpt2Block> blocks = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(Gpt2Block.load(weights, config, prefix, i));
        }
        Norm finalNorm = Norm.layer(weights, PREFIX + "ln_f", prefix + "ln_f", hidden, config.epsilon());
        Linear head = task == ModelTask.CAUSAL_LM ? head(config, tokens, weights) : null;
        boolean headIsElsewhere = config.tiedEmbeddings() || head == null;
        weights.requireAllUsed(headIsElsewhere ? IGNORABLE_WHEN_TIED : IGNORABLE);
        return new Gpt2(config, tokens, positions, blocks, finalNorm, head);
    }

    private static Linear head(Gpt2Config config, EmbeddingTable tokens, Weights weights) {
        return config.tiedEmbeddings()
                ? weights.tiedOutputLayer("lm_head", tokens)
                : weights.outputLayer("lm_head", config.vocabulary(), config.hidden());
    }

    /** The files of the released models have no prefix; a model with a head has it. */
    static String tensorName(String stored, HeadPlan plan) {
        boolean ofHead = stored.startsWith("lm_head.") || stored.startsWith(plan.output() + ".");
        return ofHead || stored.startsWith(PREFIX) ? stored : PREFIX + stored;
    }

    @Override
    public Tensor hidden(TokenBatch batch, Pass pass, Tape tape) {
        batch.requireVocabulary(config.vocabulary());
        pass.requireLengths(config.maxPositions());
        try (Scope scope = Scope.open()) {
            Tensor x = pass.stretch().input(() -> embedded(batch, pass, tape));
            for (Gpt2Block block : pass.stretch().of(blocks)) {
                x = pass.recompute()
                        ? Recompute.apply(tape, x, List.of(), (inner, in) -> block.apply(inner, in, pass))
                        : block.apply(tape, x, pass);
            }
            return scope.give(pass.stretch().endsBelow() ? x : finalNorm.apply(tape, x, pass.routing()));
        }
    }

    private Tensor embedded(TokenBatch batch, Pass pass, Tape tape) {
        Tensor words = tokens.apply(tape, onDevice(batch.ids()), pass.routing());
        return Add.apply(tape, words, positions.apply(tape, onDevice(pass.positions()), pass.routing()));
    }

    @Override
    public List<List<AdaptableModule>> reached() {
        return Stretch.reached(List.of(tokens, positions), blocks, Gpt2Block::modules);
    }

    private Tensor onDevice(long[] indices) {
        return Tensor.of(indices).to(tokens.matrix().device());
    }

    @Override
    public List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(List.of(tokens, positions));
        blocks.forEach(block -> modules.addAll(block.modules()));
        modules.add(finalNorm);
        if (head != null) {
            modules.add(head);
        }
        return modules;
    }

    @Override
    public List<BlockSites> sites() {
        return blocks.stream().map(Gpt2Block::sites).toList();
    }

    @Override
    public Gpt2 map(ModuleChange change) {
        return new Gpt2(
                config,
                tokens.map(change),
                positions.map(change),
                blocks.stream().map(block -> block.map(change)).toList(),
                finalNorm.map(change),
                head == null ? null : head.map(change));
    }

    @Override
    public int hiddenSize() {
        return config.hidden();
    }

    @Override
    public int maxPositions() {
        return config.maxPositions();
    }

    @Override
    public int vocabularySize() {
        return config.vocabulary();
    }

    @Override
    public boolean hasTiedEmbeddings() {
        return config.tiedEmbeddings();
    }

    @Override
    public double logitSoftcap() {
        return 0;
    }

    @Override
    public KvPages pages() {
        return new KvPages(blocks.size(), config.hidden(), tokens.matrix().device());
    }
}
