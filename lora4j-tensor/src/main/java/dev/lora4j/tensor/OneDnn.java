package dev.lora4j.tensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.NumberType;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.OptionalType;
import org.bytedeco.pytorch.SingletonTypePtr;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * oneDNN's float32 matrix product, called by operator name.
 *
 * <p>libtorch multiplies float32 matrices with the BLAS it was built for. On processors of AMD, MKL's kernels are slower
 * than those that oneDNN writes for the processor at hand (docs/performance.md); on Intel's there is nothing to gain.
 * {@code -Dlora4j.products=onednn} or {@code =blas} decides otherwise.
 */
final class OneDnn {
    /** Below this many columns or summands the call costs more than it saves. */
    private static final long SMALLEST = 32;

    /** Rows for which oneDNN chooses the order of a packed matrix; others are multiplied with it all the same. */
    private static final long PACKED_FOR = 8;

    private static final boolean CHOSEN = chosen();

    private OneDnn() {}

    /** The operators, resolved when the first product is computed. */
    private static final class Operators {
        private static final OperatorHandle PRODUCT =
                Numbers.forever(Dispatcher.singleton().findSchemaOrThrow("mkldnn::_linear_pointwise", ""));
        private static final OperatorHandle PACK =
                Numbers.forever(Dispatcher.singleton().findSchemaOrThrow("mkldnn::_reorder_linear_weight", ""));
        private static final GenericList NO_SCALARS = Numbers.forever(new GenericList(OptionalType.get(new Type.TypePtr(
                new SingletonTypePtr(NumberType.getNumberIntTypePtr().get())))));
    }

    private static boolean chosen() {
        return switch (System.getProperty("lora4j.products", "")) {
            case "onednn" -> torch.hasMKLDNN();
            case "blas" -> false;
            default -> torch.hasMKLDNN() && processor().contains("authenticamd");
        };
    }

    private static String processor() {
        String name = System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", ""); // Windows
        Path info = Path.of("/proc/cpuinfo");
        if (Files.isReadable(info)) {
            try {
                name = Files.readString(info, StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                return ""; // an unknown processor: its BLAS is the safe choice
            }
        }
        return name.toLowerCase(Locale.ROOT);
    }

    /** True if products that are large enough are computed here. */
    static boolean isUsed() {
        return CHOSEN;
    }

    /** True if a product with so many columns is worth the call: float32, on the processor, no vector, and not tiny. */
    static boolean suits(Tensor left, long columns) {
        return CHOSEN
                && left.size(0) > 1
                && left.size(1) >= SMALLEST
                && columns >= SMALLEST
                && left.scalar_type().intern() == torch.ScalarType.Float
                && left.is_cpu();
    }

    /**
     * A matrix in the order in which {@link #transposed} is fastest for few rows; only that reads it.
     *
     * @param matrix [columns, inner], contiguous float32
     */
    static Tensor packed(Tensor matrix) {
        IValueVector stack = new IValueVector(new IValue(matrix), new IValue(PACKED_FOR));
        Dispatcher.singleton().callBoxed(Operators.PACK, stack);
        return new Tensor(stack.get(0).toTensor());
    }

    /**
     * left · rightᵀ + bias: [rows, inner] · [columns, inner]ᵀ + [columns].
     *
     * @param right in memory either way, or packed
     */
    static Tensor transposed(Tensor left, Tensor right, @Nullable Tensor bias) {
        IValueVector stack = new IValueVector(
                new IValue(left),
                new IValue(right),
                bias == null ? new IValue() : new IValue(bias),
                new IValue("none"),
                new IValue(Operators.NO_SCALARS),
                new IValue(""));
        Dispatcher.singleton().callBoxed(Operators.PRODUCT, stack);
        return new Tensor(stack.get(0).toTensor());
    }
}
