package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A "llama" tokenizer: SentencePiece's byte-pair encoding, where a space is the character ▁.
 *
 * <p>Normalizer, decoder and settings are those of the tokenizer.json files of Llama 2 and Gemma. Merges come from the
 * scores; Gemma's scores do not follow its merges, but the order of its tokens does (transformers'
 * gguf_tokenizer_mapping.py).
 */
final class SentencePieceTokenizer {
    private static final String SPACE = "▁";
    private static final String SCORES = "tokenizer.ggml.scores";

    private final GgufVocabulary vocabulary;
    private final GgufArchitecture architecture;
    private final boolean prefixed;

    SentencePieceTokenizer(GgufVocabulary vocabulary, GgufArchitecture architecture) {
        this.vocabulary = vocabulary;
        this.architecture = architecture;
        this.prefixed = vocabulary
                .file()
                .metadata()
                .flag("tokenizer.ggml.add_space_prefix")
                .orElse(architecture != GgufArchitecture.GEMMA3);
    }

    static boolean isSpaces(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c == ' ');
    }

    TokenizerJson json(List<ObjectNode> added, JsonNode template) {
        List<String> tokens = new ArrayList<>(vocabulary.tokens());
        tokens.replaceAll(token -> isSpaces(token) ? SPACE.repeat(token.length()) : token);
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
        List<Merge> merges =
                StoredMerges.of(vocabulary, ids).orElseGet(() -> DerivedMerges.of(tokens, ids, scores(tokens.size())));
        return new TokenizerJson(
                added, normalizer(), NullNode.getInstance(), template, decoder(), model(tokens), ids, merges);
    }

    private List<Double> scores(int count) {
        if (architecture == GgufArchitecture.GEMMA3) {
            List<Double> byOrder = new ArrayList<>(count);
            for (int id = 0; id < count; id++) {
                byOrder.add((double) -id);
            }
            return byOrder;
        }
        List<Double> scores = vocabulary
                .file()
                .metadata()
                .reals(SCORES)
                .orElseThrow(() -> vocabulary.invalid("has neither merges nor scores of its tokens"));
        if (scores.size() != count) {
            throw vocabulary.invalid("has " + count + " tokens, but " + scores.size() + " scores");
        }
        return scores;
    }

    private ObjectNode normalizer() {
        ObjectNode replace = replace(" ", SPACE);
        if (!prefixed) {
            return replace;
        }
        ObjectNode sequence = node("Sequence");
        sequence.putArray("normalizers")
                .add(node("Prepend").put("prepend", SPACE))
                .add(replace);
        return sequence;
    }

    private ObjectNode decoder() {
        ObjectNode sequence = node("Sequence");
        ArrayNode parts = sequence.putArray("decoders");
        parts.add(replace(SPACE, " ")).add(node("ByteFallback")).add(node("Fuse"));
        if (prefixed) {
            parts.add(node("Strip").put("content", " ").put("start", 1).put("stop", 0));
        }
        return sequence;
    }

    private ObjectNode model(List<String> tokens) {
        Integer unknown = new GgufSpecialTokens(vocabulary.file()).ids().get("unk_token_id");
        ObjectNode model = node("BPE").putNull("dropout");
        model.put("unk_token", unknown == null || unknown >= tokens.size() ? null : tokens.get(unknown));
        return model.putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", true)
                .put("byte_fallback", vocabulary.hasByteTokens())
                .put("ignore_merges", false);
    }

    private static ObjectNode replace(String from, String to) {
        ObjectNode replace = node("Replace");
        replace.putObject("pattern").put("String", from);
        return replace.put("content", to);
    }

    private static ObjectNode node(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
