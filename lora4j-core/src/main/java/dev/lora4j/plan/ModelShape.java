package dev.lora4j.plan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.model.AdaptableModule;
import dev.lora4j.model.EmbeddingTable;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model's modules by block, and the few numbers of its configuration that its shapes do not tell.
 *
 * @param blocks modules of each block, in order
 * @param around modules in no block: embeddings, the last norm, output layers
 * @param heads of queries
 */
record ModelShape(LanguageModel model, List<List<AdaptableModule>> blocks, List<AdaptableModule> around, long heads) {
    private static final Pattern BLOCK = Pattern.compile("(?:^|.*\\.)(?:layers|layer|h)\\.(\\d+)\\..*");

    static ModelShape of(LanguageModel model) {
        TreeMap<Integer, List<AdaptableModule>> blocks = new TreeMap<>();
        List<AdaptableModule> around = new ArrayList<>();
        for (AdaptableModule module : model.modules()) {
            Matcher matcher = BLOCK.matcher(module.path());
            if (matcher.matches()) {
                int block = Integer.parseInt(Objects.requireNonNull(matcher.group(1)));
                blocks.computeIfAbsent(block, absent -> new ArrayList<>()).add(module);
            } else {
                around.add(module);
            }
        }
        ObjectNode config = model.config();
        long heads = 0;
        for (String key : List.of("num_attention_heads", "n_head", "n_heads")) {
            heads = Math.max(heads, config.path(key).asLong());
        }
        return new ModelShape(model, List.copyOf(blocks.values()), around, heads == 0 ? 12 : heads);
    }

    String type() {
        return model.config().path("model_type").asText();
    }

    long hidden() {
        return model.hiddenSize();
    }

    boolean isEncoder() {
        return !isGpt2() && !isDecoder();
    }

    boolean isGpt2() {
        return type().equals("gpt2");
    }

    /** Of the Llama family. */
    boolean isDecoder() {
        return List.of("llama", "mistral", "mixtral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text")
                .contains(type());
    }

    /** Whether every operation keeps what is counted here; others run under libtorch's autograd, or by experts. */
    boolean isExact() {
        return !List.of("deberta-v2", "mixtral", "gemma2").contains(type());
    }

    /** Whether rows are longer than a window of attention: each such layer then keeps a mask [length, length]. */
    boolean windowBinds(long length) {
        long window = model.config().path("sliding_window").asLong();
        boolean used = model.config().path("use_sliding_window").asBoolean(true);
        return isDecoder() && used && window > 0 && window < length;
    }

    boolean hasVocabularyHead() {
        return model.task() == ModelTask.CAUSAL_LM;
    }

    /** Values of the matrices of linear layers and tables, tied ones once: those that a format can make smaller. */
    List<AdaptableModule> matrices() {
        boolean tied = model.hasTiedEmbeddings();
        return model.modules().stream()
                .filter(module -> module instanceof Linear || module instanceof EmbeddingTable)
                .filter(module -> !tied || !module.path().equals("lm_head"))
                .toList();
    }

    long biases() {
        return model.modules().stream()
                .map(AdaptableModule::bias)
                .filter(Objects::nonNull)
                .mapToLong(bias -> bias.elements())
                .sum();
    }
}
