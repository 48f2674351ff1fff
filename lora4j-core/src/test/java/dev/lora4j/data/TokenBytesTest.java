package dev.lora4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.grammar.Grammar;
import dev.lora4j.grammar.GrammarCursor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes of tokens against what Hugging Face's tokenizers decode. */
class TokenBytesTest {
    private static TokenBytes bytes(String decoder) {
        return TokenBytes.of(JsonFile.parse(decoder, "test")).orElseThrow();
    }

    @Test
    void everyTokenOfAByteLevelVocabularyDecodesToItsBytes() {
        try (Tokenizer tokenizer = SmallTokenizers.bytes()) {
            TokenBytes bytes = bytes("{\"type\": \"ByteLevel\"}");
            for (int id = 0; id < tokenizer.vocabularySize(); id++) {
                assertThat(new String(bytes.bytes(tokenizer.tokenText(id)), StandardCharsets.UTF_8))
                        .isEqualTo(tokenizer.decode(new int[] {id}, false));
            }
            assertThat(bytes.bytes("Ġw")).containsExactly(' ', 'w');
        }
    }

    @Test
    void sentencePieceWritesSpacesAndBytesInItsOwnWay() {
        TokenBytes llama = bytes("""
                {"type": "Sequence", "decoders": [
                 {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
                 {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}""");
        assertThat(llama.stripsFirst()).isTrue();
        assertThat(llama.bytes("▁the")).isEqualTo(" the".getBytes(StandardCharsets.UTF_8));
        assertThat(llama.bytes("<0x0A>")).containsExactly('\n');
        assertThat(llama.bytes("<0xZZ>")).isEqualTo("<0xZZ>".getBytes(StandardCharsets.UTF_8));
        assertThat(bytes("{\"type\": \"Metaspace\", \"replacement\": \"▁\", \"prepend_scheme\": \"never\"}")
                        .stripsFirst())
                .isFalse();
    }

    @Test
    void aSentencePieceTokenizerSpellsJsonAsItDecodesIt() {
        String json = """
                {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null, "post_processor": null,
                 "decoder": {"type": "Sequence", "decoders": [
                  {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
                  {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
                 "model": {"type": "BPE", "byte_fallback": true, "vocab": {"▁{": 0, "{": 1, "<0x22>": 2, "a": 3,
                  ":": 4, "▁1": 5, "}": 6, "▁": 7}, "merges": []}}""";
        try (Tokenizer tokenizer = Tokenizer.of(json, Optional.empty())) {
            int[] said = {0, 2, 3, 2, 4, 5, 6};
            GrammarCursor cursor = GrammarCursor.of(Grammar.jsonObject(), tokenizer.masks());
            for (int token : said) {
                assertThat(cursor.allowed().get(token)).as("token %d", token).isTrue();
                cursor.accept(token);
            }
            assertThat(cursor.isFinished()).isTrue();
            String text = tokenizer.decode(said, true);
            assertThat(text).isEqualTo("{\"a\": 1}");
            assertThat(Grammar.jsonObject().matches(text)).isTrue();
        }
    }

    @Test
    void tokensThatDependOnTheirNeighboursAreRefused() {
        for (String decoder : List.of("{\"type\": \"WordPiece\"}", "{}", "{\"type\": \"BPEDecoder\"}")) {
            assertThat(TokenBytes.of(JsonFile.parse(decoder, "test"))).isEmpty();
        }
        try (Tokenizer words = SmallTokenizers.words()) {
            assertThatThrownBy(words::masks)
                    .isInstanceOf(Lora4jException.class)
                    .hasMessageContaining("byte-level or SentencePiece");
        }
    }
}
