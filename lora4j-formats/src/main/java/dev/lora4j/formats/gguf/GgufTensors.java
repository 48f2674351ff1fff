package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of a GGUF model as transformers has them: names, row order and norm weights. */
final class GgufTensors {
    /** Stated in the config instead of being a weight: see {@link GgufRopeScaling}. */
    static final String ROPE_FACTORS = "rope_freqs.weight";

    private static final Set<ElementType> FLOATS = EnumSet.of(ElementType.F32, ElementType.F16, ElementType.BF16);

    private final GgufFile file;
    private final GgufArchitecture architecture;
    private final int heads;
    private final int keyValueHeads;

    GgufTensors(GgufFile file, GgufArchitecture architecture, ObjectNode config) {
        this.file = file;
        this.architecture = architecture;
        this.heads = config.get("num_attention_heads").intValue();
        this.keyValueHeads = config.get("num_key_value_heads").intValue();
    }

    /** All tensors by their name in transformers; one that has none is an error. */
    Map<String, StoredTensor> byName() {
        HuggingFaceNames names = new HuggingFaceNames(architecture);
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (GgufTensor tensor : file.tensors().values()) {
            if (tensor.name().equals(ROPE_FACTORS)) {
                continue;
            }
            String name = names.of(tensor.name())
                    .orElseThrow(() -> invalid("tensor " + GgufCursor.quoted(tensor.name()) + " is not one that a "
                            + architecture.key() + " model has; the model is of a variant that is not supported"));
            tensors.put(name, stored(name, tensor));
        }
        return Collections.unmodifiableMap(tensors);
    }

    private StoredTensor stored(String name, GgufTensor tensor) {
        if (architecture == GgufArchitecture.LLAMA && name.contains(".self_attn.q_proj.")) {
            return new StoredTensor.Decoded(name, tensor.shape(), unpermuted(tensor, heads));
        }
        if (architecture == GgufArchitecture.LLAMA && name.contains(".self_attn.k_proj.")) {
            return new StoredTensor.Decoded(name, tensor.shape(), unpermuted(tensor, keyValueHeads));
        }
        if (architecture == GgufArchitecture.GEMMA3 && name.endsWith("norm.weight")) {
            return new StoredTensor.Decoded(name, tensor.shape(), minusOne(reader(tensor)));
        }
        return tensor.type()
                .elementType()
                .<StoredTensor>map(type -> new StoredTensor.Mapped(
                        name, type, tensor.shape(), file.path(), tensor.offset(), tensor.bytes()))
                .orElseGet(() -> new StoredTensor.Decoded(name, tensor.shape(), file.decoder(tensor)));
    }

    private StoredTensor.Decoder unpermuted(GgufTensor tensor, int headCount) {
        List<Long> shape = tensor.shape();
        long rows = shape.isEmpty() ? 1 : shape.get(0);
        if (rows % (2L * headCount) != 0) {
            throw invalid("tensor " + GgufCursor.quoted(tensor.name()) + " has " + rows
                    + " rows, expected a multiple of 2 x " + headCount + " heads");
        }
        return new UnpermutedRows(reader(tensor), tensor.elements() / rows, rows / headCount);
    }

    /** Gemma multiplies by 1 + weight; llama.cpp stores the sum. */
    private static StoredTensor.Decoder minusOne(BlockReader stored) {
        return (first, into, count) -> {
            stored.read(first, into, 0, count);
            for (int i = 0; i < count; i++) {
                into[i] -= 1;
            }
        };
    }

    private BlockReader reader(GgufTensor tensor) {
        tensor.type().elementType().filter(type -> !FLOATS.contains(type)).ifPresent(type -> {
            throw invalid("tensor " + GgufCursor.quoted(tensor.name()) + " has type " + type
                    + ", expected a float or quantised type");
        });
        return file.reader(tensor);
    }

    private InvalidFileException invalid(String problem) {
        return new InvalidFileException(file.path(), problem);
    }
}
