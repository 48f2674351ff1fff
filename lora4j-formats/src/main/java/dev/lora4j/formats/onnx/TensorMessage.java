package dev.lora4j.formats.onnx;

import dev.lora4j.formats.ElementType;
import dev.lora4j.formats.InvalidFileException;
import dev.lora4j.formats.StoredTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a {@code TensorProto} (onnx.proto) and finds its values in the file. */
final class TensorMessage {
    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int FLOAT_DATA = 4;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int DATA_LOCATION = 14;
    private static final int MAX_RANK = 64;

    private final Path path;
    private final List<Long> shape = new ArrayList<>();
    private String name = "";
    private long type;
    private int offset;
    private int bytes;

    private TensorMessage(Path path) {
        this.path = path;
    }

    /** Empty if the values are of a type that lora4j has no use for. */
    static Optional<OnnxInitializer> read(Path path, WireReader message) {
        TensorMessage tensor = new TensorMessage(path);
        while (message.next()) {
            tensor.readField(message);
        }
        return elementType(tensor.type).map(tensor::checked);
    }

    private void readField(WireReader message) {
        switch (message.field()) {
            case DIMS -> readShape(message);
            case DATA_TYPE -> type = message.number();
            case NAME -> name = message.text();
            case RAW_DATA, FLOAT_DATA -> { // packed floats are the same bytes as raw ones
                if (!message.isDelimited() || bytes != 0) {
                    throw message.invalid("the tensor \"" + name + "\" has its values in pieces");
                }
                offset = message.start();
                bytes = message.length();
            }
            case DATA_LOCATION -> {
                if (message.number() != 0) {
                    throw new InvalidFileException(path, "keeps the values of \"" + name + "\" in another file");
                }
            }
            default -> {} // documentation, or values of types that weights do not have
        }
    }

    private void readShape(WireReader message) {
        if (message.isDelimited()) {
            WireReader packed = message.message();
            while (packed.nextPacked()) {
                addDimension(packed);
            }
        } else {
            addDimension(message);
        }
    }

    private void addDimension(WireReader message) {
        shape.add(message.number());
        if (shape.size() > MAX_RANK) {
            throw message.invalid("a tensor has more than " + MAX_RANK + " dimensions");
        }
    }

    private OnnxInitializer checked(ElementType elementType) {
        long needed;
        try {
            needed = Math.multiplyExact(StoredTensor.elements(shape), elementType.bytes());
        } catch (ArithmeticException e) {
            throw new InvalidFileException(path, "the tensor \"" + name + "\" has the shape " + shape, e);
        }
        if (needed != bytes) {
            throw new InvalidFileException(
                    path,
                    "the tensor \"" + name + "\" is " + elementType + " " + shape + " of " + needed + " bytes, but has "
                            + bytes);
        }
        return new OnnxInitializer(name, elementType, shape, offset, bytes);
    }

    /** {@code TensorProto.DataType}. */
    private static Optional<ElementType> elementType(long type) {
        return switch ((int) Math.min(Math.max(type, 0), 99)) {
            case 1 -> Optional.of(ElementType.F32);
            case 7 -> Optional.of(ElementType.I64);
            case 10 -> Optional.of(ElementType.F16);
            case 11 -> Optional.of(ElementType.F64);
            case 16 -> Optional.of(ElementType.BF16);
            default -> Optional.empty();
        };
    }
}
