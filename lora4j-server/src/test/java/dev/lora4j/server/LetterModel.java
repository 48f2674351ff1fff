package dev.lora4j.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.model.LanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The small llama whose tokens transformers and PEFT have computed, with a tokenizer of one char per token.
 *
 * <p>Of its 96 tokens 0 to 2 are special, id i from 3 on is the char i + 30; but 73 and 47 are the two bytes of é.
 * Greedy after {@code >)U8S-L} (32 11 55 26 53 15 46): the base says 17 73 47 1 66 90 37 77 66 91 66 69, which reads
 * {@code /é<s>`xCk`y`c}.
 */
final class LetterModel implements AutoCloseable {
    static final String PROMPT = ">)U8S-L";
    static final String ANSWER = "/é`xCk`y`c"; // special tokens are not shown
    static final int POSITIONS = 4096;

    private static final String TEMPLATE =
            "{% for m in messages %}{{ m.content }}{% endfor %}{% if fail %}{{ raise_exception('no') }}{% endif %}";

    private static final String CALLS = "{%% if tools %%}{{ tools | tojson }}{%% endif %%}{%% for m in messages %%}"
            + "{{ m.role }}: {{ m.content or '' }}{%% for c in m.tool_calls or [] %%}"
            + "{{ '%s' }}{{ c.function.name }}{{ '%s' }}{{ c.function.arguments | tojson }}{{ '%s' }}{%% endfor %%}{{ '\\n' }}"
            + "{%% endfor %%}";

    private final LanguageModel model;
    private final Tokenizer tokenizer;

    private LetterModel(LanguageModel model, Tokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
    }

    static LetterModel open() {
        return new LetterModel(LanguageModel.load(HuggingFaceFolder.open(longer())), tokenizer("</s>"));
    }

    /**
     * The same llama with letters that can spell JSON, and a chat template that shows tools as a family of models has it.
     *
     * <p>Of its tokens 0 is {@code [TOOL_CALLS]}; from 3 on stand a line end and the printable ASCII but {@code ^ ` ~}.
     */
    static LetterModel calling(ToolFormat format) {
        String template = switch (format) {
            case HERMES -> CALLS.formatted("<tool_call>\n{\"name\": \"", "\", \"arguments\": ", "}\n</tool_call>");
            case MISTRAL -> CALLS.formatted("[TOOL_CALLS] [{\"name\": \"", "\", \"arguments\": ", "}]");
            case LLAMA -> CALLS.formatted("{\"name\": \"", "\", \"parameters\": ", "}");
        };
        ObjectNode json = json();
        ObjectNode vocabulary = json.withObject("/model/vocab");
        json.withArray("added_tokens")
                .forEach(token -> vocabulary.put(
                        token.path("content").asText(), token.path("id").asInt()));
        int id = 3;
        for (char c = '\n'; c < 0x7f; c = c == '\n' ? ' ' : (char) (c + 1)) {
            if ("^`~".indexOf(c) < 0) {
                vocabulary.put(c == '\n' ? "Ċ" : c == ' ' ? "Ġ" : Character.toString(c), id++);
            }
        }
        ((ObjectNode) json.withArray("added_tokens").get(0)).put("content", "[TOOL_CALLS]");
        vocabulary.remove("<pad>");
        vocabulary.put("[TOOL_CALLS]", 0);
        ObjectNode config = json.objectNode().put("eos_token", "</s>").put("chat_template", template);
        return new LetterModel(
                LanguageModel.load(HuggingFaceFolder.open(longer())),
                Tokenizer.of(json.toString(), Optional.of(config)));
    }

    /** The llama with room for more positions, so that an answer can take some time; its angles stay what they are. */
    private static Path longer() {
        try {
            Path longer = Files.createTempDirectory("letters");
            longer.toFile().deleteOnExit();
            ObjectNode config = JsonFile.read(folder("llama").resolve("config.json"));
            Path changed = longer.resolve("config.json");
            Files.writeString(
                    changed, config.put("max_position_embeddings", POSITIONS).toString());
            Path weights = longer.resolve("model.safetensors");
            Files.copy(folder("llama").resolve("model.safetensors"), weights);
            changed.toFile().deleteOnExit();
            weights.toFile().deleteOnExit();
            return longer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An encoder with the same tokenizer. */
    static LetterModel encoder() {
        return new LetterModel(LanguageModel.load(HuggingFaceFolder.open(folder("bert"))), tokenizer("</s>"));
    }

    LanguageModel model() {
        return model;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** One of the golden folders. */
    static Path folder(String name) {
        try {
            return Path.of(Objects.requireNonNull(LetterModel.class.getResource("/golden/" + name))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** PEFT's adapter of a variant, or the first one. */
    static Path adapter(String variant) {
        return folder(variant.isEmpty() ? "llama/adapter" : "llama/variants/" + variant);
    }

    /** The tokenizer with this token as the end of a text. */
    static Tokenizer tokenizer(String eos) {
        ObjectNode json = json();
        ObjectNode vocabulary = json.withObject("/model/vocab");
        String[] specials = {"<pad>", "<s>", "</s>"};
        for (int id = 0; id < 96; id++) {
            vocabulary.put(id < 3 ? specials[id] : letter(id), id);
        }
        ObjectNode config = json.objectNode().put("eos_token", eos).put("chat_template", TEMPLATE);
        return Tokenizer.of(json.toString(), Optional.of(config));
    }

    /** A tokenizer with the special tokens alone. */
    private static ObjectNode json() {
        ObjectNode json = JsonFile.parse("""
                {"version": "1.0", "added_tokens": [], "normalizer": null, "post_processor": null,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                  "use_regex": false},
                 "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
                 "model": {"type": "BPE", "fuse_unk": false, "vocab": {}, "merges": []}}
                """, "test");
        ArrayNode added = json.withArray("added_tokens");
        String[] specials = {"<pad>", "<s>", "</s>"};
        for (int id = 0; id < 3; id++) {
            added.addObject()
                    .put("id", id)
                    .put("content", specials[id])
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        return json;
    }

    private static String letter(int id) {
        return switch (id) {
            case 73 -> "\u00c3"; // the byte C3 in GPT-2's letters
            case 47 -> "\u00a9"; // the byte A9
            default -> Character.toString(id + 30);
        };
    }

    @Override
    public void close() {
        model.close();
        tokenizer.close();
    }
}
