package dev.lora4j.model;

import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.Recompute;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * BERT encoder (arXiv 1810.04805; transformers' {@code BertModel}, without its dropout).
 *
 */
record Bert(BertConfig config, Embeddings embeddings, List<BertBlock> blocks) implements Backbone {
    /** The three tables and the norm over their sum. */
    record Embeddings(EmbeddingTable words, EmbeddingTable positions, EmbeddingTable types, Norm norm) {
        Embeddings map(ModuleChange change) {
            return new Embeddings(words.map(change), positions.map(change), types.map(change), norm.map(change));
        }
    }

    /**
     * How modules are called: in the files with or without {@code bert.}, in adapters as the task has it.
     *
     * @param filePrefix of the names in the files
     * @param modulePrefix of the modules' paths
     */
    record Names(String filePrefix, String modulePrefix) {
        static Names of(Weights weights, ModelTask task) {
            return new Names(
                    weights.has("bert.embeddings.word_embeddings.weight") ? "bert." : "",
                    task == ModelTask.SEQ_CLS ? "bert." : "");
        }

        String file(String name) {
            return filePrefix + name;
        }

        EmbeddingTable table(Weights weights, String name, long rows, long width) {
            return weights.embedding(modulePrefix + name, filePrefix + name, rows, width);
        }

        Norm norm(Weights weights, String name, BertConfig config) {
            return Norm.layer(weights, modulePrefix + name, filePrefix + name, config.hidden(), config.epsilon());
        }

        Linear linear(Weights weights, String name, long out, long in) {
            return weights.linear(modulePrefix + name, filePrefix + name, out, in, true);
        }
    }

    static Bert load(BertConfig config, Weights weights, Names names) {
        int hidden = config.hidden();
        Embeddings embeddings = new Embeddings(
                names.table(weights, "embeddings.word_embeddings", config.vocabulary(), hidden),
                names.table(weights, "embeddings.position_embeddings", config.maxPositions(), hidden),
                names.table(weights, "embeddings.token_type_embeddings", config.types(), hidden),
                names.norm(weights, "embeddings.LayerNorm", config));
        List<BertBlock> blocks = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            blocks.add(BertBlock.load(weights, config, names, i));
        }
        return new Bert(config, embeddings, blocks);
    }

    @Override
    public Tensor hidden(TokenBatch batch, Pass pass, Tape tape) {
        batch.requireVocabulary(config.vocabulary());
        requireLengths(pass);
        try (Scope scope = Scope.open()) {
            Routing routing = pass.routing();
            Tensor x = embeddings.words().apply(tape, onDevice(batch.ids()), routing);
            x = Add.apply(tape, x, embeddings.types().apply(tape, onDevice(batch.types()), routing));
            x = Add.apply(tape, x, embeddings.positions().apply(tape, onDevice(pass.positions()), routing));
            x = embeddings.norm().apply(tape, x, routing);
            for (BertBlock block : blocks) {
                x = pass.recompute()
                        ? Recompute.apply(tape, x, List.of(), (inner, in) -> block.apply(inner, in, pass))
                        : block.apply(tape, x, pass);
            }
            return scope.give(x);
        }
    }

    private Tensor onDevice(long[] indices) {
        return Tensor.of(indices).to(embeddings.words().weight().device());
    }

    private void requireLengths(Pass pass) {
        for (int i = 0; i < pass.sequences().count(); i++) {
            if (pass.sequences().length(i) > config.maxPositions()) {
                throw new IllegalArgumentException("sequence " + i + " has "
                        + pass.sequences().length(i) + " tokens, the model takes " + config.maxPositions());
            }
        }
    }

    @Override
    public List<AdaptableModule> modules() {
        List<AdaptableModule> modules = new ArrayList<>(
                List.of(embeddings.words(), embeddings.positions(), embeddings.types(), embeddings.norm()));
        blocks.forEach(block -> modules.addAll(block.modules()));
        return modules;
    }

    @Override
    public Bert map(ModuleChange change) {
        return new Bert(
                config,
                embeddings.map(change),
                blocks.stream().map(block -> block.map(change)).toList());
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
}
