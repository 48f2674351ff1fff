package dev.lora4j.golden;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.JsonFile;
import java.util.Optional;

/**
 * A tokenizer for the golden models' 96 tokens: 0 to 2 are special, id i from 3 on is the char i + 30.
 *
 * <p>But 73 and 47 are the two bytes of é.
 */
final class LetterTokenizer {
    private LetterTokenizer() {}

    static final String TEMPLATE = "{% for m in messages %}{{ m.content }}{% endfor %}"
            + "{% if add_generation_prompt %}!{% endif %}{% if eos_token %}{{ eos_token }}{% endif %}";

    /** The tokenizer with this token as the end of a text. */
    static Tokenizer ending(String eos) {
        ObjectNode json = JsonFile.parse("""
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
                 "normalizer": null,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                  "use_regex": false},
                 "post_processor": null,
                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                  "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                  "vocab": {}, "merges": []}}
                """, "test");
        String[] specials = {"<pad>", "<s>", "</s>"};
        ObjectNode vocabulary = (ObjectNode) json.get("model").get("vocab");
        for (int id = 0; id < 96; id++) {
            vocabulary.put(id < 3 ? specials[id] : letter(id), id);
        }
        for (int id = 0; id < 3; id++) {
            json.withArray("added_tokens")
                    .addObject()
                    .put("id", id)
                    .put("content", specials[id])
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        ObjectNode config = json.objectNode().put("eos_token", eos).put("chat_template", TEMPLATE);
        return Tokenizer.of(json.toString(), Optional.of(config));
    }

    private static String letter(int id) {
        return switch (id) {
            case 73 -> "\u00c3"; // the byte C3 in GPT-2's letters
            case 47 -> "\u00a9"; // the byte A9
            default -> Character.toString(id + 30);
        };
    }
}
