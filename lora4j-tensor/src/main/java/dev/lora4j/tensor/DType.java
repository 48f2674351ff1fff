package dev.lora4j.tensor;

import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Element type of a tensor. */
public enum DType {
    F64(8, ScalarType.Double),
    F32(4, ScalarType.Float),
    F16(2, ScalarType.Half),
    BF16(2, ScalarType.BFloat16),
    I64(8, ScalarType.Long),
    I32(4, ScalarType.Int),
    I16(2, ScalarType.Short),
    I8(1, ScalarType.Char),
    U8(1, ScalarType.Byte),
    BOOL(1, ScalarType.Bool);

    private final int bytes;
    private final ScalarType scalarType;

    /** libtorch's option object, made once: making one a tensor would leave a native object each time. */
    private final TensorOptions options;

    DType(int bytes, ScalarType scalarType) {
        this.bytes = bytes;
        this.scalarType = scalarType;
        this.options = Numbers.forever(new TensorOptions(scalarType));
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** True for the types in which gradients make sense. */
    public boolean isFloating() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    ScalarType scalarType() {
        return scalarType;
    }

    TensorOptions options() {
        return options;
    }

    static DType of(ScalarType type) {
        for (DType dtype : values()) {
            if (dtype.scalarType.value == type.value) {
                return dtype;
            }
        }
        throw new TensorException("no DType for libtorch's " + type);
    }
}
