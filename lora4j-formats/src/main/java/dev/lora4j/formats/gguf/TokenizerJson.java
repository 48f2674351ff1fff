package dev.lora4j.formats.gguf;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The parts of a tokenizer.json of Hugging Face's tokenizers library, version 1.0.
 *
 * @param added tokens that are never cut, as the library describes them
 * @param model the settings of the BPE model, without vocabulary and merges
 */
record TokenizerJson(
        List<ObjectNode> added,
        JsonNode normalizer,
        JsonNode preTokenizer,
        JsonNode postProcessor,
        JsonNode decoder,
        ObjectNode model,
        Map<String, Integer> vocabulary,
        List<Merge> merges) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The document; written in one pass, since a vocabulary as a tree would take hundreds of megabytes. */
    String write() {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            out.writeStringField("version", "1.0");
            out.writeNullField("truncation");
            out.writeNullField("padding");
            out.writeObjectField("added_tokens", added);
            out.writeObjectField("normalizer", normalizer);
            out.writeObjectField("pre_tokenizer", preTokenizer);
            out.writeObjectField("post_processor", postProcessor);
            out.writeObjectField("decoder", decoder);
            writeModel(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }

    private void writeModel(JsonGenerator out) throws IOException {
        out.writeObjectFieldStart("model");
        for (Map.Entry<String, JsonNode> setting : model.properties()) {
            out.writeObjectField(setting.getKey(), setting.getValue());
        }
        out.writeObjectFieldStart("vocab");
        for (Map.Entry<String, Integer> token : vocabulary.entrySet()) {
            out.writeNumberField(token.getKey(), token.getValue());
        }
        out.writeEndObject();
        out.writeArrayFieldStart("merges");
        for (Merge merge : merges) {
            out.writeStartArray();
            out.writeString(merge.left());
            out.writeString(merge.right());
            out.writeEndArray();
        }
        out.writeEndArray();
        out.writeEndObject();
    }
}
