package dev.lora4j.formats.gguf;

import dev.lora4j.formats.InvalidFileException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The model families that a GGUF file may hold here, with their names in transformers. */
enum GgufArchitecture {
    /** Also Mistral and SmolLM, which llama.cpp stores as llama. */
    LLAMA("llama", "llama", "LlamaForCausalLM"),
    QWEN2("qwen2", "qwen2", "Qwen2ForCausalLM"),
    QWEN3("qwen3", "qwen3", "Qwen3ForCausalLM"),
    GEMMA3("gemma3", "gemma3_text", "Gemma3ForCausalLM");

    private final String key;
    private final String modelType;
    private final String className;

    GgufArchitecture(String key, String modelType, String className) {
        this.key = key;
        this.modelType = modelType;
        this.className = className;
    }

    static GgufArchitecture of(GgufFile file) {
        String name = file.metadata().requiredText("general.architecture");
        for (GgufArchitecture architecture : values()) {
            if (architecture.key.equals(name)) {
                return architecture;
            }
        }
        String known = Arrays.stream(values()).map(GgufArchitecture::key).collect(Collectors.joining(", "));
        throw new InvalidFileException(
                file.path(), "the model's architecture is \"" + name + "\", expected one of " + known);
    }

    /** The prefix of its metadata keys. */
    String key() {
        return key;
    }

    String modelType() {
        return modelType;
    }

    String className() {
        return className;
    }
}
