package dev.lora4j.model;

import dev.lora4j.tensor.Tensor;

/**
 * An encoder's tensors under the names of its parts.
 *
 * <p>Files have them with or without a prefix such as {@code bert.}; adapters as the task has it.
 *
 * @param filePrefix of the names in the files
 * @param modulePrefix of the modules' paths
 */
record EncoderWeights(Weights weights, String filePrefix, String modulePrefix) {
    static EncoderWeights of(Weights weights, EncoderFamily family, ModelTask task) {
        return new EncoderWeights(
                weights,
                weights.has(family.prefix() + "embeddings.word_embeddings.weight") ? family.prefix() : "",
                task == ModelTask.SEQ_CLS ? family.prefix() : "");
    }

    /** What the files call the module at a path; a head's own layers have the same name in both. */
    String file(String path) {
        return path.startsWith(modulePrefix) ? filePrefix + path.substring(modulePrefix.length()) : path;
    }

    boolean has(String name) {
        return weights.has(filePrefix + name);
    }

    EmbeddingTable table(String name, long rows, long width) {
        return weights.embedding(modulePrefix + name, filePrefix + name, rows, width);
    }

    /** Values that are not looked up row by row. */
    Tensor tensor(String name, long... shape) {
        return weights.get(filePrefix + name, shape);
    }

    Norm norm(String name, long width, double epsilon) {
        return Norm.layer(weights, modulePrefix + name, filePrefix + name, width, epsilon);
    }

    Linear linear(String name, long out, long in) {
        return weights.linear(modulePrefix + name, filePrefix + name, out, in, true);
    }

    Linear unbiased(String name, long out, long in) {
        return weights.linear(modulePrefix + name, filePrefix + name, out, in, false);
    }

    /** A convolution from as many channels to as many. */
    Convolution convolution(String name, long channels, DebertaConfig.Convolved shape) {
        String file = filePrefix + name;
        return new Convolution(
                modulePrefix + name,
                weights.get(file + ".weight", channels, channels / shape.groups(), shape.width()),
                weights.get(file + ".bias", channels),
                channels);
    }
}
