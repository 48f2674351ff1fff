package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/**
 * How a byte-level tokenizer cuts text into words, by the name that llama.cpp gave it.
 *
 * <p>The patterns are those of the models' own tokenizer.json files.
 */
enum PreTokenizer {
    /** The pattern that the ByteLevel pre-tokenizer has built in. */
    GPT2(""),
    /** Every digit alone, then GPT-2's pattern. */
    SINGLE_DIGITS(""),
    LLAMA3("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
    QWEN2("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
    TEKKEN("[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
            + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

    private static final Map<String, PreTokenizer> BY_NAME = Map.ofEntries(
            Map.entry("default", GPT2),
            Map.entry("gpt-2", GPT2),
            Map.entry("phi-2", GPT2),
            Map.entry("olmo", GPT2),
            Map.entry("smollm", SINGLE_DIGITS),
            Map.entry("starcoder", SINGLE_DIGITS),
            Map.entry("refact", SINGLE_DIGITS),
            Map.entry("codeshell", SINGLE_DIGITS),
            Map.entry("llama3", LLAMA3),
            Map.entry("llama-v3", LLAMA3),
            Map.entry("llama-bpe", LLAMA3),
            Map.entry("falcon3", LLAMA3),
            Map.entry("qwen2", QWEN2),
            Map.entry("deepseek-r1-qwen", QWEN2),
            Map.entry("tekken", TEKKEN));

    private final String pattern;

    PreTokenizer(String pattern) {
        this.pattern = pattern;
    }

    /** The pre-tokenizer of this name, or empty where it is not known. */
    static Optional<PreTokenizer> of(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    /** Whether a whole word that is a token is taken as it is, without any merge. */
    boolean ignoresMerges() {
        return this == LLAMA3 || this == TEKKEN;
    }

    /** Qwen composes characters; the other byte-level tokenizers take text as it is. */
    boolean composes() {
        return this == QWEN2;
    }

    /** Its node in tokenizer.json. */
    ObjectNode json() {
        return switch (this) {
            case GPT2 -> byteLevel(true);
            case SINGLE_DIGITS -> {
                ObjectNode digits = node("Digits").put("individual_digits", true);
                yield sequence(digits, byteLevel(true));
            }
            default -> {
                ObjectNode split = node("Split");
                split.putObject("pattern").put("Regex", pattern);
                split.put("behavior", "Isolated").put("invert", false);
                yield sequence(split, byteLevel(false));
            }
        };
    }

    private static ObjectNode byteLevel(boolean useRegex) {
        return node("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", useRegex);
    }

    private static ObjectNode sequence(ObjectNode first, ObjectNode second) {
        ObjectNode sequence = node("Sequence");
        ArrayNode parts = sequence.putArray("pretokenizers");
        parts.add(first).add(second);
        return sequence;
    }

    private static ObjectNode node(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }
}
