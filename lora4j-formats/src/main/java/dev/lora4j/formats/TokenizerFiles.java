package dev.lora4j.formats;

import java.util.LinkedHashMap;
import java.util.Map;

/** The files by which a model's or an adapter's folder brings its tokenizer and chat template along. */
public final class TokenizerFiles {
    private TokenizerFiles() {}

    /** Contents by name: {@code tokenizer.json} and {@code tokenizer_config.json}, as far as the model has them. */
    public static Map<String, String> of(ModelFiles model) {
        Map<String, String> files = new LinkedHashMap<>();
        model.tokenizerJson().ifPresent(json -> files.put("tokenizer.json", json));
        model.tokenizerConfig().ifPresent(json -> files.put("tokenizer_config.json", json.toPrettyString() + "\n"));
        return files;
    }
}
