package dev.lora4j.model;

import dev.lora4j.tensor.Add;
import dev.lora4j.tensor.Embedding;
import dev.lora4j.tensor.Recompute;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * BERT encoder (arXiv 1810.04805; transformers' {@code BertModel}, without its dropout).
 *
 * @param embeddings words [vocabulary, hidden], positions and token types
 */
record Bert(BertConfig config, Embeddings embeddings, List<BertBlock> blocks) implements Backbone {
    /** The three tables, each [n, hidden], and the norm over their sum. */
    record Embeddings(Tensor words, Tensor positions, Tensor types, BertBlock.Norm norm) {}

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

        Linear linear(Weights weights, String name, long out, long in) {
            return weights.linear(modulePrefix + name, filePrefix + name, out, in, true);
        }
    }

    static Bert load(BertConfig config, Weights weights, Names names) {
        int hidden = config.hidden();
        String path = names.file("embeddings.");
        Embeddings embeddings = new Embeddings(
                weights.get(path + "word_embeddings.weight", config.vocabulary(), hidden),
                weights.get(path + "position_embeddings.weight", config.maxPositions(), hidden),
                weights.get(path + "token_type_embeddings.weight", config.types(), hidden),
                BertBlock.Norm.load(weights, path + "LayerNorm", config));
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
            Tensor x = Embedding.apply(tape, onDevice(batch.ids()), embeddings.words());
            x = Add.apply(tape, x, Embedding.apply(tape, onDevice(batch.types()), embeddings.types()));
            x = Add.apply(tape, x, Embedding.apply(tape, onDevice(pass.positions()), embeddings.positions()));
            x = embeddings.norm().apply(tape, x);
            for (BertBlock block : blocks) {
                x = pass.recompute()
                        ? Recompute.apply(tape, x, List.of(), (inner, in) -> block.apply(inner, in, pass))
                        : block.apply(tape, x, pass);
            }
            return scope.give(x);
        }
    }

    private Tensor onDevice(long[] indices) {
        return Tensor.of(indices).to(embeddings.words().device());
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
    public List<Linear> linears() {
        return blocks.stream().flatMap(block -> block.linears().stream()).toList();
    }

    @Override
    public Bert map(UnaryOperator<Linear> change) {
        return new Bert(
                config,
                embeddings,
                blocks.stream().map(block -> block.map(change)).toList());
    }
}
