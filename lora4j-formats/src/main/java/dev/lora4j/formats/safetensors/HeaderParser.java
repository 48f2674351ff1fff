package dev.lora4j.formats.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.io.Reader;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the JSON of a header token by token; memory grows only with tensors that are valid so far. */
final class HeaderParser {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_NAME_CHARS = 4096;
    private static final int MAX_METADATA_CHARS = 20_000_000;

    /** Without a table of names, which hostile headers could fill for the whole process. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME_CHARS)
                    .maxStringLength(MAX_METADATA_CHARS)
                    .build())
            .build();

    private final Path path;
    private final HeaderBounds bounds;
    private final Map<String, StoredTensor.Mapped> tensors = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private List<Long> lastShape = List.of();
    private boolean hasMetadata;
    private long bytes;

    HeaderParser(Path path, HeaderBounds bounds) {
        this.path = path;
        this.bounds = bounds;
    }

    Header parse(FileChannel channel) throws IOException {
        try (Reader reader = HeaderReader.of(channel, bounds.jsonEnd());
                JsonParser json = JSON.createParser(reader)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                readField(json, json.currentName());
            }
            if (json.nextToken() != null) {
                throw new InvalidFileException(path, "has a header with something after its JSON object");
            }
            return new Header(metadata, tensors);
        } catch (CharacterCodingException e) {
            throw new InvalidFileException(path, "has a header that is not UTF-8", e);
        } catch (JsonProcessingException e) {
            throw new InvalidFileException(path, "has a header that is not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    private void readField(JsonParser json, String name) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new InvalidFileException(path, "\"" + name + "\" is not a JSON object");
        }
        if (!name.equals("__metadata__")) {
            readTensor(json, name);
        } else if (hasMetadata) {
            throw new InvalidFileException(path, "has __metadata__ twice");
        } else {
            hasMetadata = true;
            readMetadata(json);
        }
    }

    private void readMetadata(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw new InvalidFileException(path, "__metadata__ \"" + key + "\" is not a string");
            }
            if (metadata.putIfAbsent(key, json.getText()) != null) {
                throw new InvalidFileException(path, "__metadata__ has \"" + key + "\" twice");
            }
        }
    }

    private void readTensor(JsonParser json, String name) throws IOException {
        StoredTensor.Mapped tensor = new TensorEntry(path, name, lastShape).read(json, bounds);
        lastShape = tensor.shape();
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new InvalidFileException(path, "has the tensor \"" + name + "\" twice");
        }
        bytes += tensor.bytes(); // both at most the size of the file
        if (bytes > bounds.dataBytes()) {
            throw new InvalidFileException(
                    path,
                    "the tensors up to \"" + name + "\" have " + bytes + " bytes, the file has " + bounds.dataBytes()
                            + " for all: they overlap");
        }
    }
}
