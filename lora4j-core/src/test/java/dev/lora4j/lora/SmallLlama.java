package dev.lora4j.lora;

import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.model.LanguageModel;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The llama of two layers and hidden size 32 that the golden tests have. */
final class SmallLlama {
    private SmallLlama() {}

    static LanguageModel model() {
        try {
            return LanguageModel.load(
                    HuggingFaceFolder.open(Path.of(Objects.requireNonNull(SmallLlama.class.getResource("/golden/llama"))
                            .toURI())));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
