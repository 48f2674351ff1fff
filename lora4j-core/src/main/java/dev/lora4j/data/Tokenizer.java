package dev.lora4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.JsonFile;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.grammar.TokenMasks;
import dev.lora4j.template.ChatTemplate;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Text to token ids and back, as the model's own tokenizer.json says.
 *
 * <p>The Hugging Face tokenizers library does the work, so the ids are those of transformers. It is inside the jar that
 * carries it; to keep it from looking for another one, and from reporting that it was used, the system properties
 * {@code ai.djl.offline=true} and {@code OPT_OUT_TRACKING=true} must be set, as the launcher does.
 *
 * <p>Nothing is ever truncated or padded. Thread-safe until it is closed.
 */
public final class Tokenizer implements AutoCloseable {
    private final String source;
    private final NativeTokenizer tokenizer;
    private final PlainTokenizer plain;
    private final Vocabulary vocabulary;
    private final NamedTokens named;
    private final Set<Integer> specialIds;
    private final Optional<TokenBytes> bytes;
    private @Nullable ChatTemplate chatTemplate;
    private @Nullable TokenMasks masks;

    private Tokenizer(String source, byte[] json, NamedTokens named, JsonNode decoder) {
        this.source = source;
        this.vocabulary = named.vocabulary();
        this.named = named;
        this.specialIds = vocabulary.specialIds();
        this.bytes = TokenBytes.of(decoder);
        this.tokenizer = NativeTokenizer.load(json, source);
        this.plain = new PlainTokenizer(json, source, vocabulary.controls());
    }

    /**
     * Loads the tokenizer of a model.
     *
     * @throws InvalidFileException if the model has none, or one that cannot be used
     */
    public static Tokenizer of(ModelFiles files) {
        String json = files.tokenizerJson()
                .orElseThrow(() -> new InvalidFileException(
                        files.description(),
                        "has no tokenizer.json, expected one beside the weights; save the model's tokenizer there with"
                                + " transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)"));
        ObjectNode parsed = JsonFile.parse(json, files.description());
        Vocabulary vocabulary = Vocabulary.of(parsed, files.description());
        return new Tokenizer(
                files.description(), utf8(json), NamedTokens.of(vocabulary, files), parsed.path("decoder"));
    }

    /**
     * Loads a tokenizer by itself.
     *
     * @param tokenizerJson content of {@code tokenizer.json}
     * @param tokenizerConfig content of {@code tokenizer_config.json}, which names the special tokens and the template
     */
    public static Tokenizer of(String tokenizerJson, Optional<ObjectNode> tokenizerConfig) {
        String source = "tokenizer.json";
        ObjectNode parsed = JsonFile.parse(tokenizerJson, source);
        ObjectNode none = JsonNodeFactory.instance.objectNode();
        NamedTokens named = new NamedTokens(Vocabulary.of(parsed, source), tokenizerConfig.orElse(none), none, none);
        return new Tokenizer(source, utf8(tokenizerJson), named, parsed.path("decoder"));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The tokens of text, nothing added to them; special tokens written in the text are recognised. */
    public int[] encode(String text) {
        return encoded(text).ids();
    }

    /** The tokens of text between those that the model expects around it, such as BERT's [CLS] and [SEP]. */
    public int[] encodeWithSpecials(String text) {
        return encodedWithSpecials(text).ids();
    }

    /** The tokens of two texts as the model expects a pair, with the type ids that tell them apart. */
    public EncodedText encodePair(String first, String second) {
        return tokenizer.encodePair(first, second);
    }

    /** The tokens of text that is not to be trusted: a special token written in it stays plain text. */
    public int[] encodePlain(String text) {
        return plain.strings().in(text) ? plain.encode(text, false).ids() : encode(text);
    }

    EncodedText encoded(String text) {
        return tokenizer.encode(text, false);
    }

    EncodedText encodedWithSpecials(String text) {
        return tokenizer.encode(text, true);
    }

    PlainTokenizer plain() {
        return plain;
    }

    /** Text of tokens; of bytes that are no valid UTF-8 it makes U+FFFD. */
    public String decode(int[] ids, boolean skipSpecials) {
        return tokenizer.decode(ids, skipSpecials);
    }

    /** A way back to text, token by token. */
    public TokenStream stream(boolean skipSpecials) {
        return new TokenStream(this, skipSpecials);
    }

    /**
     * Which tokens keep to a grammar; made when it is first needed.
     *
     * @throws Lora4jException if the text of a token depends on its neighbours, as in WordPiece
     */
    public synchronized TokenMasks masks() {
        if (masks == null) {
            TokenBytes known = bytes.orElseThrow(() -> new Lora4jException(source
                    + ": its decoder does not give each token a text of its own, so no grammar can be held; expected"
                    + " a byte-level or SentencePiece tokenizer"));
            masks = TokenMasks.of(
                    vocabularySize(), id -> known.bytes(tokenText(id)), specialIds::contains, known.stripsFirst());
        }
        return masks;
    }

    /** The source of the model's chat template, if it has one. */
    public Optional<String> chatTemplateSource() {
        return named.chatTemplate();
    }

    /** A token as tokenizer.json writes it, such as {@code Ġhello}; empty for an id that has none. */
    public String tokenText(int id) {
        return vocabulary.text(id);
    }

    /** The id of a token as tokenizer.json writes it. */
    public OptionalInt tokenId(String text) {
        return vocabulary.id(text);
    }

    /** The highest id plus 1. */
    public int vocabularySize() {
        return vocabulary.size();
    }

    /** The token that begins a text, if the model has one. */
    public OptionalInt bos() {
        return named.id("bos");
    }

    /** The token that ends a text, if the model has one. */
    public OptionalInt eos() {
        return named.id("eos");
    }

    /** The token that fills up short rows; nothing here needs it, but others do. */
    public OptionalInt pad() {
        return named.id("pad");
    }

    /** The ids of the special tokens. */
    public Set<Integer> specialIds() {
        return specialIds;
    }

    /** After which tokens generation stops: the end of a text, and of a turn where the model chats. */
    public Set<Integer> stopIds() {
        return named.stops();
    }

    /**
     * How the model writes a conversation, if it has a template.
     *
     * @throws dev.lora4j.template.TemplateException if it has one that cannot be read
     */
    public synchronized Optional<ChatTemplate> chatTemplate() {
        // when it is first needed: a model can do much without
        if (chatTemplate == null && named.chatTemplate().isPresent()) {
            chatTemplate = ChatTemplate.parse(named.chatTemplate().get());
        }
        return Optional.ofNullable(chatTemplate);
    }

    /** What a chat template sees of the special tokens: {@code bos_token}, {@code eos_token} and the like. */
    public Map<String, Object> templateVariables() {
        return named.templateVariables();
    }

    /** The file it came from, for messages. */
    public String source() {
        return source;
    }

    @Override
    public void close() {
        tokenizer.close();
        plain.close();
    }
}
