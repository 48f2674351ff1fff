package dev.lora4j.lora;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ElementType;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;

/** The {@code config.json} of a merged model: the base's, with what the adapter changes. */
final class MergedConfig {
    private MergedConfig() {}

    /** Refuses what no model is written in. */
    static void requireFloating(Optional<ElementType> type) {
        type.ifPresent(MergedConfig::torchName);
    }

    static ObjectNode of(LanguageModel outline, Adapter adapter, boolean untied, Optional<ElementType> type) {
        ObjectNode config = outline.config();
        if (untied) {
            config.put("tie_word_embeddings", false);
        }
        if (type.isPresent()) {
            config.remove("torch_dtype");
            config.put("dtype", torchName(type.get()));
        }
        if (adapter.task() == ModelTask.SEQ_CLS) {
            config.putArray("architectures").add(outline.headPlan().architecture());
            label(config, labels(outline, adapter));
        }
        return config;
    }

    private static List<String> labels(LanguageModel outline, Adapter adapter) {
        if (!adapter.labels().isEmpty()) {
            return adapter.labels();
        }
        ObjectNode config = outline.config();
        long outputs = outline.sequenceHead(adapter::savedLinear).output().outFeatures();
        return LongStream.range(0, outputs)
                .mapToObj(i -> config.path("id2label").path(Long.toString(i)).asText("LABEL_" + i))
                .toList();
    }

    private static void label(ObjectNode config, List<String> labels) {
        ObjectNode names = config.putObject("id2label");
        ObjectNode ids = config.putObject("label2id");
        for (int i = 0; i < labels.size(); i++) {
            names.put(Integer.toString(i), labels.get(i));
            ids.put(labels.get(i), i);
        }
    }

    private static String torchName(ElementType type) {
        return switch (type) {
            case F32 -> "float32";
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case F64 -> "float64";
            default ->
                throw new IllegalArgumentException("a model cannot be written as "
                        + type.name().toLowerCase(Locale.ROOT) + "; expected f32, f16 or bf16");
        };
    }
}
