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
        return LanguageModel.load(HuggingFaceFolder.open(folder(name)));
    }

    static Path folder(String name) {
        try {
            return Path.of(Objects.requireNonNull(SmallModel.class.getResource("/golden/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
