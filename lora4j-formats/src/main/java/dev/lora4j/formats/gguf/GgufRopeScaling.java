package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import java.util.Optional;

/**
 * How a model stretches its rotary embedding, as the rope_scaling of transformers.
 *
 * <p>Linear and yarn stand in the metadata. Llama 3's scaling is only there as a tensor of one divisor per frequency;
 * its parameters are found again by computing that tensor from the ones that every Llama 3 has.
 */
final class GgufRopeScaling {
    private static final double LOW_FREQUENCY_FACTOR = 1;
    private static final double HIGH_FREQUENCY_FACTOR = 4;
    private static final int ORIGINAL_CONTEXT = 8_192;
    private static final double TOLERANCE = 1e-4; // the divisors were computed in float32

    private final GgufFile file;
    private final String prefix;

    GgufRopeScaling(GgufFile file, GgufArchitecture architecture) {
        this.file = file;
        this.prefix = architecture.key() + ".rope.";
    }

    /** The scaling, or empty where there is none; {@code config} has the head size and rope_theta. */
    Optional<ObjectNode> of(ObjectNode config) {
        GgufTensor divisors = file.tensors().get(GgufTensors.ROPE_FACTORS);
        if (divisors != null) {
            return Optional.of(llama3(divisors, config));
        }
        GgufMetadata metadata = file.metadata();
        String type = metadata.text(prefix + "scaling.type")
                .orElse(metadata.has(prefix + "scale_linear") ? "linear" : "none");
        return switch (type) {
            case "none" -> Optional.empty();
            case "linear" -> Optional.of(scaling("linear", factor()));
            case "yarn" -> {
                ObjectNode yarn = scaling("yarn", factor());
                metadata.count(prefix + "scaling.original_context_length")
                        .ifPresent(length -> yarn.put("original_max_position_embeddings", length));
                yield Optional.of(yarn);
            }
            default -> throw invalid("scales its rotary embedding by \"" + type + "\", expected none, linear or yarn");
        };
    }

    private double factor() {
        GgufMetadata metadata = file.metadata();
        double factor = metadata.real(prefix + "scaling.factor")
                .orElseGet(() -> metadata.requiredReal(prefix + "scale_linear"));
        if (!(factor > 0 && Double.isFinite(factor))) {
            throw invalid("scales its rotary embedding by a factor of " + factor + ", expected a positive number");
        }
        return factor;
    }

    private ObjectNode llama3(GgufTensor divisors, ObjectNode config) {
        int count = config.get("head_dim").intValue() / 2;
        if (divisors.type() != GgmlType.F32 || divisors.elements() != count) {
            throw invalid("tensor \"" + divisors.name() + "\" has " + divisors.elements() + " elements of type "
                    + divisors.type() + ", expected " + count + " of type F32");
        }
        float[] stated = new float[count];
        file.decoder(divisors).decode(0, stated, count);
        double factor = Math.round(stated[count - 1] * 1e3) / 1e3; // the lowest frequency is divided by it in full
        double theta = config.get("rope_theta").doubleValue();
        for (int i = 0; i < count; i++) {
            double expected = divisor(factor, 2 * Math.PI * Math.pow(theta, (double) i / count));
            if (!(Math.abs(stated[i] - expected) <= TOLERANCE * expected)) {
                throw invalid("tensor \"" + divisors.name() + "\" divides frequency " + i + " by " + stated[i]
                        + ", expected " + expected + " as in Llama 3; other scalings are not supported");
            }
        }
        ObjectNode llama3 = scaling("llama3", factor);
        llama3.put("low_freq_factor", LOW_FREQUENCY_FACTOR);
        llama3.put("high_freq_factor", HIGH_FREQUENCY_FACTOR);
        llama3.put("original_max_position_embeddings", ORIGINAL_CONTEXT);
        return llama3;
    }

    /** _compute_llama3_parameters of transformers, as the divisor that llama.cpp's converter writes. */
    private static double divisor(double factor, double wavelength) {
        double low = ORIGINAL_CONTEXT / LOW_FREQUENCY_FACTOR;
        double high = ORIGINAL_CONTEXT / HIGH_FREQUENCY_FACTOR;
        if (wavelength < high) {
            return 1;
        }
        if (wavelength > low) {
            return factor;
        }
        double smooth =
                (ORIGINAL_CONTEXT / wavelength - LOW_FREQUENCY_FACTOR) / (HIGH_FREQUENCY_FACTOR - LOW_FREQUENCY_FACTOR);
        return 1 / ((1 - smooth) / factor + smooth);
    }

    private static ObjectNode scaling(String type, double factor) {
        return JsonNodeFactory.instance.objectNode().put("rope_type", type).put("factor", factor);
    }

    private InvalidFileException invalid(String problem) {
        return new InvalidFileException(file.path(), problem);
    }
}
