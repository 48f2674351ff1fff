package dev.lora4j.lora;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.model.ExpertStack;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which tensor of a merged model comes from where: copied, changed, or brought by the adapter.
 *
 * <p>If the adapter changes an output layer or an embedding that were one, the output layer gets a weight of its own, so
 * that each is what it is in the adapted model. PEFT's {@code merge_and_unload} changes both (peft #2018). Full
 * fine-tuning has trained the two as one, and they stay one.
 */
final class MergedLayout {
    private static final String HEAD = "lm_head";

    private final ModelFiles base;
    private final LanguageModel outline;
    private final Adapter adapter;
    private final Map<String, StoredTensor> stored = new LinkedHashMap<>();
    private final boolean untied;

    MergedLayout(ModelFiles base, LanguageModel outline, Adapter adapter) {
        this.base = base;
        this.outline = outline;
        this.adapter = adapter;
        String table = outline.modules().get(0).path();
        adapter.parts().kernels().values().forEach(kernel -> kernel.requireOneGroup("merged into its files"));
        boolean tied = outline.hasTiedEmbeddings();
        this.untied = tied && !adapter.isFull() && (changes(HEAD) || changes(table));
        base.tensors().forEach((name, tensor) -> outline.tensorName(name).ifPresent(own -> stored.put(own, tensor)));
        StoredTensor embedding = stored.get(weight(table));
        if (untied && embedding != null) {
            stored.put(weight(HEAD), embedding);
        }
        if (tied && adapter.isFull()) {
            stored.remove(weight(HEAD)); // a copy of the old table that some files have beside it
        }
    }

    private boolean changes(String path) {
        return adapter.lowRanks().containsKey(path) || adapter.saved().containsKey(path);
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
        outline.modules().forEach(module -> {
            LowRank pair = adapter.lowRanks().get(module.path());
            if (pair != null && module instanceof ExpertStack stack) {
                mergeExperts(tensors, make, stack, pair);
            }
        });
        for (Map.Entry<String, LowRank> entry : adapter.lowRanks().entrySet()) {
            if (adapter.parts().experts().contains(entry.getKey())) {
                continue;
            }
            String name = weight(entry.getKey());
            StoredTensor tensor = changed(name);
            boolean turned = adapter.parts().embeddings().contains(entry.getKey())
                    || adapter.parts().transposed().contains(entry.getKey());
            tensors.put(name, make.merged(name, tensor, adapter.pairs(entry.getKey()), turned));
            mergeBias(tensors, make, entry.getKey(), entry.getValue());
        }
        adapter.biases().forEach((path, bias) -> replace(tensors, make, path + ".bias", bias));
        adapter.saved().forEach((path, values) -> {
            boolean turned = adapter.parts().transposed().contains(path);
            replace(tensors, make, weight(path), turned ? values.weight().transpose(0, 1) : values.weight());
            if (values.bias() != null) {
                replace(tensors, make, path + ".bias", values.bias());
            }
        });
        return List.copyOf(tensors.values());
    }

    /** The tensors divided as the base's files are; what the base has not is in the last. */
    List<List<TensorContent>> shards(Collection<TensorContent> tensors) {
        Map<String, List<TensorContent>> shards = new TreeMap<>();
        for (TensorContent tensor : tensors) {
            if (stored.get(tensor.name()) instanceof StoredTensor.Mapped part) {
                shards.computeIfAbsent(part.file().toString(), file -> new ArrayList<>())
                        .add(tensor);
            }
        }
        List<List<TensorContent>> divided = new ArrayList<>(shards.values());
        List<TensorContent> others = tensors.stream()
                .filter(tensor -> !(stored.get(tensor.name()) instanceof StoredTensor.Mapped))
                .toList();
        if (divided.isEmpty()) {
            divided.add(new ArrayList<>());
        }
        divided.get(divided.size() - 1).addAll(others);
        return divided;
    }

    private StoredTensor changed(String name) {
        StoredTensor tensor = stored.get(name);
        if (tensor == null) {
            throw new AdapterException(base.description() + ": no tensor is called \"" + name
                    + "\", though the adapter changes it; nothing was written");
        }
        return tensor;
    }

    private void mergeExperts(Map<String, TensorContent> tensors, MergedTensors make, ExpertStack stack, LowRank pair) {
        long rows = stack.experts() * stack.weight().size(1) / stack.files().size();
        for (int i = 0; i < stack.files().size(); i++) {
            String name = stack.files().get(i);
            tensors.put(name, make.experts(name, changed(name), stack, i * rows, pair));
        }
    }

    /** B's own bias goes into the layer's, which a model without biases has no place for. */
    private void mergeBias(Map<String, TensorContent> tensors, MergedTensors make, String path, LowRank pair) {
        Tensor bias = pair.bias();
        StoredTensor tensor = stored.get(path + ".bias");
        if (bias == null || adapter.biases().containsKey(path)) {
            return;
        }
        if (tensor == null) {
            throw new AdapterException(base.description() + ": the adapter has a bias at " + path
                    + ", where the model's files have no place for one; use the adapter without merging it");
        }
        tensors.put(path + ".bias", make.added(path + ".bias", tensor, bias, pair.scaling()));
    }

    private static void replace(Map<String, TensorContent> tensors, MergedTensors make, String name, Tensor tensor) {
        TensorContent before = tensors.get(name);
        tensors.put(name, make.replaced(name, tensor, before == null ? ElementType.F32 : before.type()));
    }
}
