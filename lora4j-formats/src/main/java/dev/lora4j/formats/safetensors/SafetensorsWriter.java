package dev.lora4j.formats.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lora4j.formats.AtomicFile;
import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.FileContent;
import dev.lora4j.formats.Lora4jException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes safetensors files byte for byte as the reference implementation does.
 *
 * <p>Larger element types come first, then tensors are sorted by name; the header is padded with spaces to 8 bytes.
 */
public final class SafetensorsWriter {
    /** The metadata by which transformers and PEFT know that the file came from PyTorch. */
    public static final Map<String, String> PYTORCH = Map.of("format", "pt");

    /** The order of the reference's {@code Dtype}, largest first. */
    private static final List<ElementType> ORDER = List.of(
            ElementType.I64,
            ElementType.F64,
            ElementType.F32,
            ElementType.I32,
            ElementType.BF16,
            ElementType.F16,
            ElementType.I16,
            ElementType.I8,
            ElementType.U8,
            ElementType.BOOL);

    private static final Comparator<TensorContent> LAYOUT = Comparator.comparingInt(
                    (TensorContent tensor) -> ORDER.indexOf(tensor.type()))
            .thenComparing(TensorContent::name);

    private SafetensorsWriter() {}

    /** Replaces a file as a whole or not at all. */
    public static void write(Path file, Collection<TensorContent> tensors) {
        AtomicFile.write(file, content(tensors, PYTORCH));
    }

    /**
     * The bytes of a file, to be written wherever it belongs.
     *
     * @throws Lora4jException if two tensors have the same name
     */
    public static FileContent content(Collection<TensorContent> tensors, Map<String, String> metadata) {
        checkNames(tensors);
        List<TensorContent> sorted = tensors.stream().sorted(LAYOUT).toList();
        byte[] header = header(sorted, metadata);
        long size = (long) Long.BYTES + header.length;
        for (TensorContent tensor : sorted) {
            size = Math.addExact(size, tensor.bytes());
        }
        return FileContent.sized(size, channel -> {
            ByteBuffer prefix = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            prefix.putLong(0, header.length);
            FileContent.bytes(prefix).writeTo(channel);
            FileContent.bytes(ByteBuffer.wrap(header)).writeTo(channel);
            for (TensorContent tensor : sorted) {
                writeExactly(tensor, channel);
            }
        });
    }

    private static void writeExactly(TensorContent tensor, WritableByteChannel channel) throws IOException {
        TensorChannel counted = new TensorChannel(channel);
        tensor.content().writeTo(counted);
        if (counted.written() != tensor.bytes()) {
            throw new Lora4jException("the tensor \"" + tensor.name() + "\" is " + tensor.type() + " " + tensor.shape()
                    + " of " + tensor.bytes() + " bytes, but " + counted.written() + " were produced");
        }
    }

    private static void checkNames(Collection<TensorContent> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorContent tensor : tensors) {
            if (tensor.name().equals("__metadata__") || !names.add(tensor.name())) {
                throw new Lora4jException("two tensors are called \"" + tensor.name() + "\"");
            }
        }
    }

    private static byte[] header(List<TensorContent> tensors, Map<String, String> metadata) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart("__metadata__");
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (TensorContent tensor : tensors) {
                writeEntry(json, tensor, offset);
                offset = Math.addExact(offset, tensor.bytes());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    private static void writeEntry(JsonGenerator json, TensorContent tensor, long offset) throws IOException {
        json.writeObjectFieldStart(tensor.name());
        json.writeStringField("dtype", tensor.type().safetensorsName());
        json.writeArrayFieldStart("shape");
        for (long dimension : tensor.shape()) {
            json.writeNumber(dimension);
        }
        json.writeEndArray();
        json.writeArrayFieldStart("data_offsets");
        json.writeNumber(offset);
        json.writeNumber(offset + tensor.bytes());
        json.writeEndArray();
        json.writeEndObject();
    }
}
