package dev.lora4j.formats.gguf;

import dev.lora4j.formats.InvalidFileException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** The special tokens that a GGUF file names by id, each checked against the vocabulary. */
final class GgufSpecialTokens {
    private static final String PREFIX = "tokenizer.ggml.";

    /** The end of a turn and of a message end the generation too (llama.cpp's special_eog_ids). */
    private static final List<String> ENDS = List.of("eos_token_id", "eot_token_id", "eom_token_id");

    private final GgufFile file;
    private final long vocabulary;

    GgufSpecialTokens(GgufFile file) {
        this.file = file;
        GgufTensor embedding = file.tensors().get("token_embd.weight");
        this.vocabulary =
                embedding == null ? Integer.MAX_VALUE : embedding.shape().get(0);
    }

    /** Ids under the names of config.json; those that the file leaves out are left out. */
    Map<String, Integer> ids() {
        Map<String, Integer> ids = new LinkedHashMap<>();
        id("bos_token_id").ifPresent(id -> ids.put("bos_token_id", id));
        id("eos_token_id").ifPresent(id -> ids.put("eos_token_id", id));
        id("padding_token_id").ifPresent(id -> ids.put("pad_token_id", id));
        id("unknown_token_id").ifPresent(id -> ids.put("unk_token_id", id));
        return ids;
    }

    /** All tokens that end a generation, eos first. */
    Set<Integer> ends() {
        Set<Integer> ends = new LinkedHashSet<>();
        ENDS.forEach(name -> id(name).ifPresent(ends::add));
        return ends;
    }

    private OptionalInt id(String name) {
        OptionalInt id = file.metadata().count(PREFIX + name);
        if (id.isPresent() && id.getAsInt() >= vocabulary) {
            throw new InvalidFileException(
                    file.path(),
                    "metadata \"" + PREFIX + name + "\" is " + id.getAsInt() + ", but the vocabulary has only "
                            + vocabulary + " tokens");
        }
        return id;
    }
}
