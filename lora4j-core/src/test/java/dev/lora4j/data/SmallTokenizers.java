package dev.lora4j.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.JsonFile;
import java.util.Optional;

/** Tokenizers so small that their ids can be told by hand. */
final class SmallTokenizers {
    private SmallTokenizers() {}

    /**
     * A byte-level BPE in the manner of GPT-2: ids 0 to 255 are the bytes, then {@code he}, {@code ll}, {@code Ġw}, the
     * special tokens of ChatML, and two added tokens that the file does not call special.
     */
    static Tokenizer bytes() {
        return Tokenizer.of(bytesJson(), Optional.of(config("<|im_end|>")));
    }

    static final int HE = 256;
    static final int LL = 257;
    static final int SPACE_W = 258;
    static final int END_OF_TEXT = 259;
    static final int IM_START = 260;
    static final int IM_END = 261;
    static final int USER = 262;
    static final int THINK = 263;

    static String bytesJson() {
        ObjectNode json = JsonFile.parse("""
                {"version": "1.0", "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst",
                 "stride": 0}, "padding": {"strategy": {"Fixed": 9}, "direction": "Right", "pad_to_multiple_of": null,
                 "pad_id": 0, "pad_type_id": 0, "pad_token": "<|endoftext|>"},
                 "added_tokens": [
                  {"id": 259, "content": "<|endoftext|>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 260, "content": "<|im_start|>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 261, "content": "<|im_end|>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 262, "content": "<|user|>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": false},
                  {"id": 263, "content": "<think>", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": false}],
                 "normalizer": null,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
                 "post_processor": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                  "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                  "vocab": {}, "merges": ["h e", "l l", "Ġ w"]}}
                """, "test");
        ObjectNode pieces = (ObjectNode) json.get("model").get("vocab");
        for (int b = 0; b < 256; b++) {
            pieces.put(Character.toString(byteChar(b)), b);
        }
        pieces.put("he", HE).put("ll", LL).put("Ġw", SPACE_W);
        return json.toString();
    }

    /** GPT-2's bytes_to_unicode: printable bytes stand for themselves, the others for chars from 256 on. */
    private static int byteChar(int b) {
        if (printable(b)) {
            return b;
        }
        int before = 0;
        for (int other = 0; other < b; other++) {
            before += printable(other) ? 0 : 1;
        }
        return 256 + before;
    }

    private static boolean printable(int b) {
        return (b >= 0x21 && b <= 0x7E) || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
    }

    private static ObjectNode config(String eos) {
        return JsonFile.parse("{}", "test").put("eos_token", eos).put("pad_token", "<|endoftext|>");
    }

    /** A WordPiece in the manner of BERT over a few words. */
    static Tokenizer words() {
        return Tokenizer.of(
                """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
                  {"id": 0, "content": "[PAD]", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 1, "content": "[UNK]", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true},
                  {"id": 3, "content": "[SEP]", "single_word": false, "lstrip": false, "rstrip": false,
                   "normalized": false, "special": true}],
                 "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
                   "strip_accents": null, "lowercase": true},
                 "pre_tokenizer": {"type": "BertPreTokenizer"},
                 "post_processor": {"type": "TemplateProcessing",
                   "single": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}}],
                   "pair": [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}},
                     {"SpecialToken": {"id": "[SEP]", "type_id": 1}}],
                   "special_tokens": {"[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
                     "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
                 "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
                 "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                   "max_input_chars_per_word": 100, "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "the": 4,
                   "cat": 5, "sat": 6, "##s": 7, "[": 8, "]": 9, "sep": 10, "a": 11, "b": 12, "c": 13, "d": 14}}}
                """,
                Optional.of(JsonFile.parse(
                        "{\"cls_token\": \"[CLS]\", \"sep_token\": \"[SEP]\", \"pad_token\": {\"content\": \"[PAD]\"}}",
                        "test")));
    }
}
