package dev.lora4j.formats.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One tensor of a header: {@code {"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}. */
final class TensorEntry {
    private static final int MAX_RANK = 64;

    private final Path path;
    private final String name;
    private final List<Long> likelyShape;
    private @Nullable ElementType type;
    private @Nullable List<Long> shape;
    private @Nullable List<Long> offsets;

    /**
     * An entry not yet read.
     *
     * @param likelyShape the shape of the tensor before, kept instead of an equal one to save memory
     */
    TensorEntry(Path path, String name, List<Long> likelyShape) {
        this.path = path;
        this.name = name;
        this.likelyShape = likelyShape;
    }

    StoredTensor.Mapped read(JsonParser json, HeaderBounds bounds) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" -> type = once(key, type, type(json));
                case "shape" -> shape = once(key, shape, numbers(json, key, MAX_RANK));
                case "data_offsets" -> offsets = once(key, offsets, numbers(json, key, 2));
                default -> throw invalid("has the unknown key \"" + key + "\"");
            }
        }
        if (type == null || shape == null || offsets == null || offsets.size() != 2) {
            throw invalid("needs dtype, shape and two data_offsets");
        }
        return located(type, shape, offsets.get(0), offsets.get(1), bounds);
    }

    private StoredTensor.Mapped located(ElementType type, List<Long> shape, long begin, long end, HeaderBounds bounds) {
        if (begin > end || end > bounds.dataBytes()) {
            throw invalid("lies at " + begin + " to " + end + ", outside of the file's " + bounds.dataBytes()
                    + " data bytes");
        }
        long needed;
        try {
            needed = Math.multiplyExact(StoredTensor.elements(shape), type.bytes());
        } catch (ArithmeticException e) {
            throw invalid("has the shape " + shape + ", more than any file can hold");
        }
        if (needed != end - begin) {
            throw invalid("is " + type + " " + shape + " of " + needed + " bytes, but has " + (end - begin));
        }
        return new StoredTensor.Mapped(name, type, shape, path, bounds.dataStart() + begin, needed);
    }

    private ElementType type(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw invalid("has a dtype that is not a string");
        }
        String found = json.getText();
        return ElementType.fromSafetensorsName(found)
                .orElseThrow(() -> invalid("has the dtype \"" + found + "\", which lora4j does not read"));
    }

    private List<Long> numbers(JsonParser json, String key, int most) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw invalid("has " + key + " that is not a list");
        }
        List<Long> numbers = new ArrayList<>(4);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            numbers.add(number(json, key));
            if (numbers.size() > most) {
                throw invalid("has more than " + most + " numbers in " + key);
            }
        }
        return numbers.equals(likelyShape) ? likelyShape : List.copyOf(numbers);
    }

    private long number(JsonParser json, String key) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT
                || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || json.getLongValue() < 0) {
            throw invalid("has " + key + " with something that is not a number from 0 to 2^63-1");
        }
        return json.getLongValue();
    }

    private <T> T once(String key, @Nullable T before, T value) {
        if (before != null) {
            throw invalid("has " + key + " twice");
        }
        return value;
    }

    private InvalidFileException invalid(String problem) {
        return new InvalidFileException(path, "the tensor \"" + name + "\" " + problem);
    }
}
