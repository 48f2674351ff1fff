package dev.lora4j.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.AtomicDirectory;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.TokenizerFiles;
import dev.lora4j.formats.safetensors.ShardedWeights;
import dev.lora4j.formats.safetensors.TensorContent;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.tensor.Scope;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An adapter merged into its base as a model folder of its own, which needs no LoRA to be used.
 *
 * <p>Memory stays small whatever the size of the model: tensors are read, changed and written piece by piece.
 */
public final class MergedFolder {
    private MergedFolder() {}

    /**
     * What was written.
     *
     * @param layers merged layers
     * @param saved modules taken over from the adapter as a whole
     * @param tensors in the weight files
     * @param untied true if the output layer got a weight of its own, apart from the embedding
     */
    public record Report(int layers, int saved, int tensors, boolean untied) {}

    /**
     * Merges and writes the folder as a whole or not at all.
     *
     * @param adapterFolder as PEFT writes it
     * @param type of all floating tensors; if empty each keeps its own, and what was quantised becomes float32
     * @throws AdapterException if the adapter does not fit, or a merged value is not finite
     */
    public static Report write(ModelFiles base, Path adapterFolder, Optional<ElementType> type, Path output) {
        return write(base, adapterFolder, type, output, ShardedWeights.SHARD_BYTES);
    }

    static Report write(ModelFiles base, Path adapterFolder, Optional<ElementType> type, Path output, long shardBytes) {
        MergedConfig.requireFloating(type);
        ModelTask task = AdapterFolder.task(adapterFolder, LanguageModel.usualTask(base));
        try (LanguageModel outline = AdapterFolder.base(base, task, List.of(adapterFolder));
                Adapter adapter = AdapterFolder.read(adapterFolder, outline);
                StoredValues values = new StoredValues()) {
            MergedLayout layout = new MergedLayout(base, outline, adapter);
            Collection<TensorContent> tensors = layout.tensors(new MergedTensors(values, type));
            ObjectNode config = MergedConfig.of(outline, adapter, layout.isUntied(), type);
            Map<String, FileContent> files = files(base, weights(layout, tensors, shardBytes), config);
            AtomicDirectory.write(output, folder -> files.forEach(folder::file));
            return new Report(adapter.lowRanks().size(), adapter.saved().size(), tensors.size(), layout.isUntied());
        }
    }

    /**
     * Writes what full fine-tuning has made of a model, in float32, as it was trained.
     *
     * <p>A new folder as a whole, or each file of an existing one as a whole, the configuration last.
     *
     * @param base the files that the model was loaded from
     * @param model as trained
     * @param full its {@linkplain Adapter#isFull full} adapter
     * @throws AdapterException if a value is not finite
     */
    public static void writeFull(ModelFiles base, LanguageModel model, Adapter full, Path output) {
        if (!full.isFull()) {
            throw new IllegalArgumentException("the adapter has low-rank pairs; merge its folder instead");
        }
        Optional<ElementType> type = Optional.of(ElementType.F32);
        try (Scope scope = Scope.open();
                StoredValues values = new StoredValues()) {
            MergedLayout layout = new MergedLayout(base, model, full);
            Collection<TensorContent> tensors = layout.tensors(new MergedTensors(values, type));
            ObjectNode config = MergedConfig.of(model, full, false, type);
            Map<String, FileContent> weights = weights(layout, tensors, ShardedWeights.SHARD_BYTES);
            AdapterFolder.writeInto(output, files(base, weights, config));
        }
    }

    private static Map<String, FileContent> weights(
            MergedLayout layout, Collection<TensorContent> tensors, long shardBytes) {
        List<List<TensorContent>> shards = layout.shards(tensors);
        return shards.size() > 1 ? ShardedWeights.files(shards) : ShardedWeights.files(tensors, shardBytes);
    }

    /** Those of the folder, the configuration last. */
    private static Map<String, FileContent> files(
            ModelFiles base, Map<String, FileContent> weights, ObjectNode config) {
        Map<String, FileContent> files = new LinkedHashMap<>(weights);
        TokenizerFiles.of(base).forEach((name, text) -> files.put(name, FileContent.text(text)));
        base.generationConfig().ifPresent(json -> files.put("generation_config.json", FileContent.text(pretty(json))));
        files.put("config.json", FileContent.text(pretty(config)));
        return files;
    }

    private static String pretty(ObjectNode json) {
        return json.toPrettyString() + "\n";
    }
}
