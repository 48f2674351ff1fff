package dev.lora4j.lora;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Linear;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensor of a merged model comes from where: copied, changed, or brought by the adapter.
 *
 * <p>An output layer that was tied to the embedding and is changed by the adapter gets a weight of its own: the
 * embedding stays what it was, as in the adapted model. PEFT's {@code merge_and_unload} changes both (peft #2018).
 */
final class MergedLayout {
    private static final String HEAD = "lm_head";
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String BERT = "bert.";

    private final ModelFiles base;
    private final Adapter adapter;
    private final Map<String, StoredTensor> stored = new LinkedHashMap<>();
    private final boolean untied;

    MergedLayout(ModelFiles base, LanguageModel outline, Adapter adapter) {
        this.base = base;
        this.adapter = adapter;
        this.untied = outline.hasTiedEmbeddings()
                && (adapter.lowRanks().containsKey(HEAD) || adapter.saved().containsKey(HEAD));
        base.tensors().forEach((name, tensor) -> stored.put(moduleName(name), tensor));
        StoredTensor embedding = stored.get(EMBEDDING);
        if (untied && embedding != null) {
            stored.put(weight(HEAD), embedding);
        }
    }

    /** BERT's files have their tensors with or without a prefix; a model with a head has it, a bare one has not. */
    private String moduleName(String name) {
        boolean part = name.startsWith("embeddings.") || name.startsWith("encoder.") || name.startsWith("pooler.");
        if (adapter.task() == ModelTask.SEQ_CLS && part) {
            return BERT + name;
        }
        boolean bare = adapter.task() == ModelTask.FEATURE_EXTRACTION && name.startsWith(BERT);
        return bare ? name.substring(BERT.length()) : name;
    }

    private static String weight(String path) {
        return path + ".weight";
    }

    boolean isUntied() {
        return untied;
    }

    /** All tensors of the merged model. */
    Collection<TensorContent> tensors(MergedTensors make) {
        Map<String, TensorContent> tensors = new LinkedHashMap<>();
        stored.forEach((name, tensor) -> tensors.put(name, make.copied(name, tensor)));
        for (Map.Entry<String, LowRank> entry : adapter.lowRanks().entrySet()) {
            String name = weight(entry.getKey());
            StoredTensor tensor = stored.get(name);
            if (tensor == null) {
                throw new AdapterException(base.description() + ": no tensor is called \"" + name
                        + "\", though the adapter changes it; nothing was written");
            }
            tensors.put(name, make.merged(name, tensor, entry.getValue()));
        }
        adapter.saved().values().forEach(linear -> replace(tensors, make, linear));
        return List.copyOf(tensors.values());
    }

    private static void replace(Map<String, TensorContent> tensors, MergedTensors make, Linear linear) {
        TensorContent before = tensors.get(weight(linear.path()));
        ElementType type = before == null ? ElementType.F32 : before.type();
        tensors.put(weight(linear.path()), make.replaced(weight(linear.path()), linear.weight(), type));
        Tensor bias = linear.bias();
        if (bias != null) {
            String name = linear.path() + ".bias";
            tensors.put(name, make.replaced(name, bias, type));
        }
    }
}
