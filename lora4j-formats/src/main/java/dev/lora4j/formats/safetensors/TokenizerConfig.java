package dev.lora4j.formats.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Brings the ways in which folders say the same thing about their tokenizer into one. */
final class TokenizerConfig {
    private static final List<String> SPECIAL =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    private TokenizerConfig() {}

    /** {@code tokenizer_config.json} with plain special tokens and the one chat template, from whatever files exist. */
    static Optional<ObjectNode> read(Path folder) {
        Path template = folder.resolve("chat_template.jinja");
        Optional<ObjectNode> own = JsonFile.readIfExists(folder.resolve("tokenizer_config.json"));
        Optional<ObjectNode> special = JsonFile.readIfExists(folder.resolve("special_tokens_map.json"));
        if (own.isEmpty() && special.isEmpty() && !Files.exists(template)) {
            return Optional.empty();
        }
        ObjectNode config = own.orElseGet(() -> JsonFile.parse("{}", folder));
        special.ifPresent(tokens -> addMissing(config, tokens));
        for (String name : SPECIAL) {
            JsonNode content = config.path(name).path("content");
            if (content.isTextual()) {
                config.set(name, content);
            }
        }
        chooseTemplate(config, template);
        return Optional.of(config);
    }

    private static void addMissing(ObjectNode config, ObjectNode tokens) {
        for (Map.Entry<String, JsonNode> token : tokens.properties()) {
            if (SPECIAL.contains(token.getKey()) && !config.hasNonNull(token.getKey())) {
                config.set(token.getKey(), token.getValue());
            }
        }
    }

    /** A file of its own wins, as in transformers; of a list of named templates the default is taken. */
    private static void chooseTemplate(ObjectNode config, Path template) {
        if (Files.exists(template)) {
            config.put("chat_template", JsonFile.readText(template));
            return;
        }
        JsonNode named = config.path("chat_template");
        if (named.isArray()) {
            config.remove("chat_template");
            for (JsonNode entry : named) {
                if (entry.path("name").asText().equals("default")) {
                    config.set("chat_template", entry.path("template"));
                }
            }
        }
    }
}
