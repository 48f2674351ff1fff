package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tokenizer inside a GGUF file as the files tokenizer.json and tokenizer_config.json. */
final class GgufTokenizer {
    private static final String PREFIX = "tokenizer.ggml.";

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final GgufArchitecture architecture;

    GgufTokenizer(GgufFile file, GgufArchitecture architecture) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture;
    }

    /** The content of tokenizer.json, or empty where the file has no tokenizer. */
    Optional<String> json() {
        return metadata.text(PREFIX + "model").map(this::json);
    }

    /** The content of tokenizer_config.json, or empty where the file has no tokenizer. */
    Optional<ObjectNode> config() {
        return metadata.text(PREFIX + "model").map(this::config);
    }

    private String json(String model) {
        GgufVocabulary vocabulary = new GgufVocabulary(file);
        JsonNode template = addedTemplate(vocabulary, model);
        return switch (model) {
            case "gpt2" ->
                ByteLevelTokenizer.of(vocabulary, added(vocabulary), template).write();
            case "llama" ->
                new SentencePieceTokenizer(vocabulary, architecture)
                        .json(added(vocabulary), template)
                        .write();
            default ->
                throw vocabulary.invalid(
                        "has a tokenizer of kind " + GgufCursor.quoted(model) + ", expected \"gpt2\" or \"llama\"");
        };
    }

    private ObjectNode config(String model) {
        List<String> tokens = new GgufVocabulary(file).tokens();
        ObjectNode config = JsonNodeFactory.instance.objectNode();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        new GgufSpecialTokens(file)
                .ids()
                .forEach((name, id) -> tokenOf(tokens, id)
                        .ifPresent(token -> config.put(name.substring(0, name.length() - "_id".length()), token)));
        config.put("add_bos_token", addsBeginning(model));
        config.put("add_eos_token", metadata.flag(PREFIX + "add_eos_token").orElse(false));
        config.put("clean_up_tokenization_spaces", false);
        metadata.count(architecture.key() + ".context_length")
                .ifPresent(length -> config.put("model_max_length", length));
        metadata.text("tokenizer.chat_template").ifPresent(template -> config.put("chat_template", template));
        return config;
    }

    private static Optional<String> tokenOf(List<String> tokens, int id) {
        return id < tokens.size() ? Optional.of(tokens.get(id)) : Optional.empty();
    }

    /** llama.cpp's default: SentencePiece and the Llama 3 family begin with a token, others do not. */
    private boolean addsBeginning(String model) {
        return metadata.flag(PREFIX + "add_bos_token").orElseGet(() -> {
            boolean llama3 = metadata.text(PREFIX + "pre")
                    .flatMap(PreTokenizer::of)
                    .filter(PreTokenizer::ignoresMerges)
                    .isPresent();
            return (model.equals("llama") || llama3) && metadata.has(PREFIX + "bos_token_id");
        });
    }

    private List<ObjectNode> added(GgufVocabulary vocabulary) {
        List<ObjectNode> added = new ArrayList<>();
        Map<String, Integer> special = new GgufSpecialTokens(file).ids();
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            boolean userDefined = vocabulary.isUserDefined(id);
            String token = vocabulary.tokens().get(id);
            if (token.isEmpty() || (userDefined && SentencePieceTokenizer.isSpaces(token))) {
                continue; // runs of spaces are made by merges
            }
            if (vocabulary.isSpecial(id) || userDefined) {
                added.add(added(id, token, vocabulary.isSpecial(id) || special.containsValue(id)));
            }
        }
        return added;
    }

    private static ObjectNode added(int id, String token, boolean special) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("content", token)
                .put("single_word", false)
                .put("lstrip", false)
                .put("rstrip", false)
                .put("normalized", false)
                .put("special", special);
    }

    /** A template with the beginning and the end that the file asks for; null where it asks for neither. */
    private JsonNode addedTemplate(GgufVocabulary vocabulary, String model) {
        Map<String, Integer> around = new LinkedHashMap<>();
        Map<String, Integer> special = new GgufSpecialTokens(file).ids();
        boolean ends = metadata.flag(PREFIX + "add_eos_token").orElse(false);
        Optional<String> first = required(addsBeginning(model), "bos_token_id", vocabulary, special, around);
        Optional<String> last = required(ends, "eos_token_id", vocabulary, special, around);
        return around.isEmpty() ? NullNode.getInstance() : PostProcessor.template(first, last, around);
    }

    private Optional<String> required(
            boolean wanted,
            String name,
            GgufVocabulary vocabulary,
            Map<String, Integer> special,
            Map<String, Integer> around) {
        if (!wanted) {
            return Optional.empty();
        }
        Integer id = special.get(name);
        if (id == null || id >= vocabulary.tokens().size()) {
            throw vocabulary.invalid("the tokenizer adds the token of " + name + ", but the file does not name it");
        }
        String token = vocabulary.tokens().get(id);
        around.put(token, id);
        return Optional.of(token);
    }
}
