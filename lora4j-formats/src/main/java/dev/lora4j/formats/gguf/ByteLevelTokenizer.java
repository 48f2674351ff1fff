package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A "gpt2" tokenizer: byte-pair encoding of words whose bytes are spelled as printable characters. */
final class ByteLevelTokenizer {
    private static final String PRE = "tokenizer.ggml.pre";

    private ByteLevelTokenizer() {}

    static TokenizerJson of(GgufVocabulary vocabulary, List<ObjectNode> added, JsonNode template) {
        String name = vocabulary.file().metadata().text(PRE).orElse("default");
        PreTokenizer preTokenizer = PreTokenizer.of(name)
                .orElseThrow(() -> vocabulary.invalid("cuts text by the pre-tokenizer " + GgufCursor.quoted(name)
                        + ", which is not supported; use the tokenizer.json of the original model"));
        Map<String, Integer> ids = new LinkedHashMap<>();
        for (int id = 0; id < vocabulary.tokens().size(); id++) {
            if (!vocabulary.isPadding(id)) {
                ids.put(vocabulary.tokens().get(id), id);
            }
        }
        List<Merge> merges = StoredMerges.of(vocabulary, ids)
                .orElseThrow(() -> vocabulary.invalid("metadata \"tokenizer.ggml.merges\" is missing"));
        JsonNode normalizer = preTokenizer.composes() ? node("NFC") : NullNode.getInstance();
        return new TokenizerJson(
                added,
                normalizer,
                preTokenizer.json(),
                template,
                node("ByteLevel")
                        .put("add_prefix_space", true)
                        .put("trim_offsets", true)
                        .put("use_regex", true),
                model(preTokenizer),
                ids,
                merges);
    }

    private static ObjectNode model(PreTokenizer preTokenizer) {
        return node("BPE")
                .putNull("dropout")
                .putNull("unk_token")
                .putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix")
                .put("fuse_unk", false)
                .put("byte_fallback", false)
                .put("ignore_merges", preTokenizer.ignoresMerges());
    }

    private static ObjectNode node(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
