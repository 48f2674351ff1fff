package dev.lora4j.golden;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.StoredTensor;
import dev.lora4j.tensor.DType;
import dev.lora4j.tensor.MappedFile;
import dev.lora4j.tensor.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A model's files as if every matrix were in blocks of one byte a value: multiples of 1/64 between −2 and 2. */
record BlockFiles(ModelFiles files, Map<String, StoredTensor> tensors) implements ModelFiles {
    static BlockFiles of(ModelFiles files) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        files.tensors().forEach((name, stored) -> tensors.put(name, rounded((StoredTensor.Mapped) stored)));
        return new BlockFiles(files, tensors);
    }

    private static StoredTensor rounded(StoredTensor.Mapped stored) {
        if (stored.shape().size() != 2) {
            return stored;
        }
        try (Scope scope = Scope.open();
                MappedFile file = MappedFile.open(stored.file())) {
            float[] values =
                    file.tensor(stored.offset(), DType.F32, stored.elements()).toFloats();
            byte[] bytes = new byte[values.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) Math.round(values[i] * 64);
            }
            return new StoredTensor.Decoded(stored.name(), stored.shape(), new Bytes(bytes));
        }
    }

    private static final class Bytes implements StoredTensor.CompressedDecoder {
        private final byte[] values;

        private Bytes(byte[] values) {
            this.values = values;
        }

        @Override
        public void decode(long first, float[] into, int count) {
            for (int i = 0; i < count; i++) {
                into[i] = values[(int) first + i] / 64f;
            }
        }

        @Override
        public long bytes() {
            return values.length;
        }
    }

    @Override
    public String description() {
        return files.description();
    }

    @Override
    public ObjectNode config() {
        return files.config();
    }

    @Override
    public Optional<String> tokenizerJson() {
        return files.tokenizerJson();
    }

    @Override
    public Optional<ObjectNode> tokenizerConfig() {
        return files.tokenizerConfig();
    }

    @Override
    public Optional<ObjectNode> generationConfig() {
        return files.generationConfig();
    }

    @Override
    public void close() {
        files.close();
    }
}
