package dev.lora4j.lora;

/** How PEFT calls an adapter's tensors in its files. */
final class TensorNames {
    private static final String PREFIX = "base_model.model.";

    private TensorNames() {}

    static String loraA(String path, boolean embedding) {
        return PREFIX + path + (embedding ? ".lora_embedding_A" : ".lora_A.weight");
    }

    static String loraB(String path, boolean embedding) {
        return PREFIX + path + (embedding ? ".lora_embedding_B" : ".lora_B.weight");
    }

    /** Bias of B. */
    static String loraBias(String path) {
        return PREFIX + path + ".lora_B.bias";
    }

    /** DoRA's magnitude. */
    static String magnitude(String path) {
        return PREFIX + path + ".lora_magnitude_vector";
    }

    /** Bias of a layer that has a pair beside it. */
    static String baseBias(String path) {
        return PREFIX + path + ".base_layer.bias";
    }

    /** Anything under this path. */
    static String path(String path) {
        return PREFIX + path;
    }

    static String weight(String path) {
        return PREFIX + path + ".weight";
    }

    static String bias(String path) {
        return PREFIX + path + ".bias";
    }

    /** The tensor's name without PEFT's prefix: the module's path and what it is there. */
    static String module(String name) {
        String canonical = canonical(name);
        return canonical.startsWith(PREFIX) ? canonical.substring(PREFIX.length()) : canonical;
    }

    /** What PEFT saves, with trained biases, of the module that a saved one stands in for: the base has it. */
    static boolean isOfTheBase(String name) {
        return name.contains(".original_module.");
    }

    /** The name without what older writers put in: the adapter's name and {@code modules_to_save}. */
    static String canonical(String name) {
        return name.replace(".modules_to_save.default.", ".")
                .replace(".modules_to_save.", ".")
                .replace(".lora_A.default.", ".lora_A.")
                .replace(".lora_B.default.", ".lora_B.")
                .replaceFirst("\\.lora_(embedding_[AB])\\.default$", ".lora_$1")
                .replaceFirst("\\.lora_magnitude_vector(\\.default)?(\\.weight)?$", ".lora_magnitude_vector");
    }
}
