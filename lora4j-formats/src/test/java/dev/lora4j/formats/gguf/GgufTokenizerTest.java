package dev.lora4j.formats.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lora4j.formats.InvalidFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiny vocabularies worked by hand; nodes are those of the models' own tokenizer.json files. */
final class GgufTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String P = "tokenizer.ggml.";
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;

    @TempDir
    private Path folder;

    @Test
    void hasNoTokenizerWhereTheFileHasNone() throws IOException {
        GgufModelFiles model = GgufModelFiles.open(TinyModels.llama().write(folder));

        assertThat(model.tokenizerJson()).isEmpty();
        assertThat(model.tokenizerConfig()).isEmpty();
    }

    @Test
    void writesAByteLevelTokenizer() throws IOException {
        JsonNode json = tokenizer(byteLevel("smollm"));

        assertThat(json.get("model")).isEqualTo(tree("""
                {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                 "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                 "vocab": {"h": 0, "i": 1, "hi": 2, "<end>": 3}, "merges": [["h", "i"]]}"""));
        assertThat(json.get("added_tokens")).isEqualTo(tree("""
                [{"id": 3, "content": "<end>", "single_word": false, "lstrip": false, "rstrip": false,
                  "normalized": false, "special": true}]"""));
        assertThat(json.get("normalizer").isNull()).isTrue();
        assertThat(json.get("pre_tokenizer")).isEqualTo(tree("""
                {"type": "Sequence", "pretokenizers": [
                 {"type": "Digits", "individual_digits": true},
                 {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]}"""));
        assertThat(json.get("post_processor").isNull()).isTrue();
        assertThat(json.get("decoder").get("type").textValue()).isEqualTo("ByteLevel");
        assertThat(json.get("version").textValue()).isEqualTo("1.0");
    }

    @Test
    void composesCharactersAndCutsDigitsForQwen() throws IOException {
        JsonNode json = tokenizer(byteLevel("qwen2"));
        JsonNode split = json.get("pre_tokenizer").get("pretokenizers").get(0);

        assertThat(json.get("normalizer")).isEqualTo(tree("{\"type\": \"NFC\"}"));
        assertThat(split.get("pattern").get("Regex").textValue())
                .isEqualTo("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+"
                        + "[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");
        assertThat(split.get("behavior").textValue()).isEqualTo("Isolated");
        assertThat(json.get("pre_tokenizer")
                        .get("pretokenizers")
                        .get(1)
                        .get("use_regex")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void takesWholeWordsAndBeginsWithATokenForLlama3() throws IOException {
        JsonNode json = tokenizer(byteLevel("llama-bpe").whole(P + "bos_token_id", 3));

        assertThat(json.get("model").get("ignore_merges").booleanValue()).isTrue();
        assertThat(json.get("pre_tokenizer")
                        .get("pretokenizers")
                        .get(0)
                        .get("pattern")
                        .get("Regex")
                        .textValue())
                .contains("|\\p{N}{1,3}|");
        assertThat(json.get("post_processor")).isEqualTo(tree("""
                {"type": "TemplateProcessing",
                 "single": [{"SpecialToken": {"id": "<end>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                 "pair": [{"SpecialToken": {"id": "<end>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                          {"SpecialToken": {"id": "<end>", "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}],
                 "special_tokens": {"<end>": {"id": "<end>", "ids": [3], "tokens": ["<end>"]}}}"""));
    }

    @Test
    void leavesOutRowsThatNoTokenHas() throws IOException {
        JsonNode json = tokenizer(TinyModels.llama()
                .text(P + "model", "gpt2")
                .texts(P + "tokens", List.of("h", "[PAD1]", "<x>"))
                .wholes(P + "token_type", List.of(NORMAL, UNUSED, USER_DEFINED))
                .texts(P + "merges", List.of()));

        assertThat(json.get("model").get("vocab")).isEqualTo(tree("{\"h\": 0, \"<x>\": 2}"));
        assertThat(json.get("added_tokens").findValuesAsText("content")).containsExactly("<x>");
        assertThat(json.get("added_tokens").get(0).get("special").booleanValue())
                .isFalse();
    }

    @Test
    void writesASentencePieceTokenizerWithMergesFromItsScores() throws IOException {
        JsonNode json = tokenizer(sentencePiece(TinyModels.llama()));

        assertThat(json.get("model")).isEqualTo(tree("""
                {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
                 "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": false,
                 "vocab": {"<unk>": 0, "<0x41>": 1, "▁": 2, "▁▁▁": 3, "▁▁": 4},
                 "merges": [["▁", "▁"], ["▁▁", "▁"], ["▁", "▁▁"]]}"""));
        assertThat(json.get("added_tokens").findValuesAsText("content")).containsExactly("<unk>");
        assertThat(json.get("normalizer")).isEqualTo(tree("""
                {"type": "Sequence", "normalizers": [
                 {"type": "Prepend", "prepend": "▁"},
                 {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}"""));
        assertThat(json.get("decoder")).isEqualTo(tree("""
                {"type": "Sequence", "decoders": [
                 {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
                 {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}"""));
        assertThat(json.get("pre_tokenizer").isNull()).isTrue();
        assertThat(json.get("post_processor").isNull()).isTrue();
    }

    /** Gemma has no space before the text, spells runs of spaces as spaces, and orders merges by id. */
    @Test
    void writesTheTokenizerOfAGemma() throws IOException {
        JsonNode json = tokenizer(sentencePiece(TinyModels.gemma()));

        assertThat(json.get("model").get("merges"))
                .isEqualTo(tree("[[\"▁▁\", \"▁\"], [\"▁\", \"▁▁\"], [\"▁\", \"▁\"]]"));
        assertThat(json.get("normalizer"))
                .isEqualTo(tree("{\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"▁\"}"));
        assertThat(json.get("decoder").get("decoders").size()).isEqualTo(3);
    }

    @Test
    void writesTheTokenizerConfig() throws IOException {
        GgufModelFiles model = GgufModelFiles.open(byteLevel("smollm")
                .whole(P + "eos_token_id", 3)
                .flag(P + "add_bos_token", false)
                .text("tokenizer.chat_template", "{{ messages }}")
                .write(folder));

        assertThat(model.tokenizerConfig().map(JsonNode.class::cast)).contains(tree("""
                {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<end>", "add_bos_token": false,
                 "add_eos_token": false, "clean_up_tokenization_spaces": false, "model_max_length": 2048,
                 "chat_template": "{{ messages }}"}"""));
    }

    @Test
    void refusesMergesOfTokensThatAreNotThere() {
        assertRefused(byteLevel("smollm", "h x"), "merge \"h x\" needs the token \"x\"");
        assertRefused(byteLevel("smollm", "i h"), "merge \"i h\" needs the token \"ih\"");
        assertRefused(byteLevel("smollm", "hi"), "merge \"hi\" is not two tokens");
        assertRefused(byteLevel("smollm", "h "), "merge \"h \" is not two tokens");
    }

    @Test
    void refusesAPreTokenizerItDoesNotKnow() {
        assertRefused(byteLevel("chameleon"), "pre-tokenizer \"chameleon\"");
    }

    @Test
    void refusesATokenizerOfAnotherKind() {
        assertRefused(
                TinyModels.llama().text(P + "model", "bert").texts(P + "tokens", List.of("a")),
                "tokenizer of kind \"bert\"");
    }

    @Test
    void refusesMoreTokensThanEmbeddings() {
        assertRefused(
                TinyModels.llama().text(P + "model", "gpt2").texts(P + "tokens", List.of("a", "b", "c", "d", "e", "f")),
                "has 6 tokens, but only 5 embeddings");
    }

    @Test
    void refusesTypesOrScoresOfAnotherNumberThanTokens() {
        GgufWriter base = TinyModels.llama().text(P + "model", "llama").texts(P + "tokens", List.of("a", "b"));
        assertRefused(base.wholes(P + "token_type", List.of(NORMAL)), "2 tokens, but 1 token types");
        assertRefused(
                TinyModels.llama()
                        .text(P + "model", "llama")
                        .texts(P + "tokens", List.of("a", "b"))
                        .reals(P + "scores", List.of(0f)),
                "2 tokens, but 1 scores");
    }

    @Test
    void refusesToAddABeginningThatIsNotNamed() {
        assertRefused(byteLevel("smollm").flag(P + "add_bos_token", true), "adds the token of bos_token_id");
    }

    private static GgufWriter byteLevel(String preTokenizer) {
        return byteLevel(preTokenizer, "h i");
    }

    private static GgufWriter byteLevel(String preTokenizer, String merge) {
        return TinyModels.llama()
                .text(P + "model", "gpt2")
                .text(P + "pre", preTokenizer)
                .texts(P + "tokens", List.of("h", "i", "hi", "<end>"))
                .wholes(P + "token_type", List.of(NORMAL, NORMAL, NORMAL, CONTROL))
                .texts(P + "merges", List.of(merge));
    }

    private static GgufWriter sentencePiece(GgufWriter model) {
        return model.text(P + "model", "llama")
                .texts(P + "tokens", List.of("<unk>", "<0x41>", "▁", "   ", "▁▁"))
                .wholes(P + "token_type", List.of(UNKNOWN, BYTE, NORMAL, USER_DEFINED, NORMAL))
                .reals(P + "scores", List.of(0f, 0f, 0f, -2f, -1f))
                .whole(P + "unknown_token_id", 0);
    }

    private JsonNode tokenizer(GgufWriter writer) throws IOException {
        return tree(GgufModelFiles.open(writer.write(folder)).tokenizerJson().orElseThrow());
    }

    private void assertRefused(GgufWriter writer, String part) {
        assertThatThrownBy(() -> tokenizer(writer))
                .isInstanceOf(InvalidFileException.class)
                .hasMessageContaining(part);
    }

    private static JsonNode tree(String json) throws IOException {
        return JSON.readTree(json);
    }
}
