package dev.lora4j.formats;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/**
 * A model as Hugging Face would lay it out, whatever file it came from.
 *
 * <p>Immutable; tensors stay readable until {@link #close()}.
 */
public interface ModelFiles extends AutoCloseable {
    /** The path or name, for messages. */
    String description();

    /** The content of {@code config.json}. */
    ObjectNode config();

    /** The tensors by their Hugging Face name. */
    Map<String, StoredTensor> tensors();

    /** The content of {@code tokenizer.json}. */
    Optional<String> tokenizerJson();

    /**
     * The content of {@code tokenizer_config.json}: special tokens are strings, and {@code chat_template} is a string
     * if there is one, wherever it came from.
     */
    Optional<ObjectNode> tokenizerConfig();

    /** The content of {@code generation_config.json}. */
    Optional<ObjectNode> generationConfig();

    /** Releases what the files hold; none of the tensors may be read after it. */
    @Override
    void close();
}
