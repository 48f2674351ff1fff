package dev.lora4j.lora;

import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.model.LanguageModel;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;

/** The small models of two layers and hidden size 32 that the golden tests have. */
final class SmallModel {
    private SmallModel() {}

    static LanguageModel open() {
        return open("llama");
    }

    static LanguageModel open(String name) {
        try {
            return LanguageModel.load(HuggingFaceFolder.open(
                    Path.of(Objects.requireNonNull(SmallModel.class.getResource("/golden/" + name))
                            .toURI())));
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
