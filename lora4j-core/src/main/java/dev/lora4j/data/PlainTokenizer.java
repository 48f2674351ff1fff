package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The same tokenizer, but with special tokens that nobody can write.
 *
 * <p>The texts of all tokens that steer a model are replaced by secret ones under the same ids. So text that is tokenized
 * as a whole, as it must be, can have real special tokens in one place (by their secret text) and plain text that merely
 * looks like one in another. It is loaded when it is first needed, which is rare: when the text of a user contains the
 * text of a special token.
 *
 * <p>Thread-safe.
 */
final class PlainTokenizer implements AutoCloseable {
    private final byte[] json;
    private final String source;
    private final Map<String, Integer> controls;
    private final SpecialStrings strings;
    // not from a seed: it must not be foreseen, and no result depends on it
    private final String secret = UUID.randomUUID().toString();
    private @Nullable NativeTokenizer loaded;

    PlainTokenizer(byte[] json, String source, Map<String, Integer> controls) {
        this.json = json;
        this.source = source;
        this.controls = controls;
        this.strings = new SpecialStrings(controls.keySet());
    }

    /** The texts of the tokens that are guarded. */
    SpecialStrings strings() {
        return strings;
    }

    /** What to write where the special token itself is meant. */
    String secretOf(String special) {
        Integer id = controls.get(special);
        return id == null ? special : "\uFDD0" + id + "." + secret + "\uFDD1";
    }

    EncodedText encode(String text, boolean addSpecials) {
        return tokenizer().encode(text, addSpecials);
    }

    EncodedText encodePair(String first, String second) {
        return tokenizer().encodePair(first, second);
    }

    private synchronized NativeTokenizer tokenizer() {
        if (loaded == null) {
            ObjectNode tokenizer = JsonFile.parse(new String(json, StandardCharsets.UTF_8), source);
            rename(tokenizer);
            loaded = NativeTokenizer.load(tokenizer.toString().getBytes(StandardCharsets.UTF_8), source);
        }
        return loaded;
    }

    private void rename(ObjectNode tokenizer) {
        for (JsonNode token : tokenizer.path("added_tokens")) {
            String text = token.path("content").asText();
            if (token instanceof ObjectNode special && controls.containsKey(text)) {
                special.put("content", secretOf(text));
                special.put("normalized", false);
            }
        }
        if (tokenizer.get("model") instanceof ObjectNode model) {
            renamePieces(model);
            if (model.path("unk_token").isTextual()) {
                model.put("unk_token", secretOf(model.path("unk_token").asText()));
            }
        }
    }

    private void renamePieces(ObjectNode model) {
        if (model.get("vocab") instanceof ObjectNode pieces) {
            ObjectNode renamed = model.objectNode();
            pieces.properties().forEach(piece -> renamed.set(secretOf(piece.getKey()), piece.getValue()));
            model.set("vocab", renamed);
        }
        if (model.get("vocab") instanceof ArrayNode pieces) {
            for (JsonNode piece : pieces) {
                if (piece instanceof ArrayNode pair) {
                    pair.set(0, pair.textNode(secretOf(pair.path(0).asText())));
                }
            }
        }
    }

    @Override
    public synchronized void close() {
        if (loaded != null) {
            loaded.close();
        }
    }
}
