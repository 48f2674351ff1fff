package dev.lora4j.tensor;

import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * A dense array of numbers in native memory.
 *
 * <p>A tensor is born in the innermost open {@link Scope} of its thread and dies with it unless kept elsewhere. The
 * value is immutable by convention: only methods whose name ends in {@code InPlace} change it, and they are used by
 * whoever owns the tensor alone. Immutable tensors may be read by many threads.
 *
 * <p>Two tensors are the same to a {@link Tape} only if they are the same object; views are new tensors.
 */
public final class Tensor {
    private final org.bytedeco.pytorch.Tensor at;

    Tensor(org.bytedeco.pytorch.Tensor at) {
        this.at = at;
    }

    org.bytedeco.pytorch.Tensor at() {
        return at;
    }

    // ---- birth

    /** float32 values in row-major order. */
    public static Tensor of(float[] values, long... shape) {
        Tensor tensor = empty(DType.F32, shape);
        requireElements(values.length, tensor);
        if (values.length > 0) {
            try (FloatPointer data = new FloatPointer(tensor.at.data_ptr())) {
                data.put(values, 0, values.length);
            }
        }
        return tensor;
    }

    /** float64 values in row-major order. */
    public static Tensor of(double[] values, long... shape) {
        Tensor tensor = empty(DType.F64, shape);
        requireElements(values.length, tensor);
        if (values.length > 0) {
            try (DoublePointer data = new DoublePointer(tensor.at.data_ptr())) {
                data.put(values, 0, values.length);
            }
        }
        return tensor;
    }

    /** int64 values in row-major order, for indices. */
    public static Tensor of(long[] values, long... shape) {
        Tensor tensor = empty(DType.I64, shape.length == 0 ? new long[] {values.length} : shape);
        requireElements(values.length, tensor);
        if (values.length > 0) {
            try (LongPointer data = new LongPointer(tensor.at.data_ptr())) {
                data.put(values, 0, values.length);
            }
        }
        return tensor;
    }

    /** Zeros on the processor. */
    public static Tensor zeros(DType dtype, long... shape) {
        return new Tensor(empty(dtype, shape).at.zero_());
    }

    /** One float32 value seen at every position of a shape, in the memory of that one. */
    public static Tensor repeated(float value, long... shape) {
        return new Tensor(of(new float[] {value}, 1).at.expand(shape));
    }

    /** Zeros of the same shape, type and device as another tensor. */
    public static Tensor zerosLike(Tensor other) {
        return new Tensor(torch.zeros_like(other.at));
    }

    /** Memory not yet written, on the processor. */
    public static Tensor empty(DType dtype, long... shape) {
        return new Tensor(torch.empty(shape, dtype.options(), null));
    }

    /** Rows of all the tensors one after another; all other dimensions agree. */
    public static Tensor concatenate(Tensor... parts) {
        org.bytedeco.pytorch.Tensor[] natives = new org.bytedeco.pytorch.Tensor[parts.length];
        for (int i = 0; i < parts.length; i++) {
            natives[i] = parts[i].at;
        }
        return new Tensor(torch.cat(new TensorVector(natives), 0));
    }

    private static void requireElements(long found, Tensor tensor) {
        if (found != tensor.elements()) {
            throw new TensorException(
                    "found " + found + " values for a tensor of shape " + Arrays.toString(tensor.shape()));
        }
    }

    // ---- facts

    /** Size of every dimension. */
    public long[] shape() {
        long[] shape = new long[rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = at.size(i);
        }
        return shape;
    }

    /** Size of one dimension; negative counts from the last. */
    public long size(int dimension) {
        return at.size(dimension);
    }

    /** Number of dimensions. */
    public int rank() {
        return (int) at.dim();
    }

    /** Number of values. */
    public long elements() {
        return at.numel();
    }

    /** Element type. */
    public DType dtype() {
        return DType.of(at.scalar_type());
    }

    /** True if the values lie in row-major order without gaps. */
    public boolean isContiguous() {
        return at.is_contiguous();
    }

    /** Where the values lie. */
    public Device device() {
        return at.is_cuda() ? new Device(Device.Kind.CUDA, at.device().index()) : Device.CPU;
    }

    // ---- views and copies

    /** The same values under another shape; the tensor must be contiguous. */
    public Tensor view(long... shape) {
        return new Tensor(at.view(shape));
    }

    /** A run of rows, without copying. */
    public Tensor rows(long start, long end) {
        return new Tensor(at.narrow(0, start, end - start));
    }

    /** A run along a dimension, without copying. */
    public Tensor narrow(int dimension, long start, long length) {
        return new Tensor(at.narrow(dimension, start, length));
    }

    /** Rows chosen by number, copied. */
    public Tensor selectRows(Tensor indices) {
        return new Tensor(at.index_select(0, indices.at));
    }

    /** Two dimensions exchanged, without copying. */
    public Tensor transpose(int first, int second) {
        return new Tensor(at.transpose(first, second));
    }

    /** Row-major without gaps: itself, or a copy. */
    public Tensor contiguous() {
        return new Tensor(at.contiguous());
    }

    /** A copy of its own. */
    public Tensor copy() {
        return new Tensor(at.clone());
    }

    /** The same values in another type: itself if it has it already. */
    public Tensor to(DType dtype) {
        return dtype() == dtype ? this : new Tensor(at.to(dtype.scalarType()));
    }

    /** The same values on another device: itself if it is there already. */
    public Tensor to(Device device) {
        return device().equals(device) ? this : new Tensor(at.to(device.at(), at.scalar_type()));
    }

    // ---- arithmetic, for what no tape needs to know and for composites

    /** Sum, element by element. */
    public Tensor plus(Tensor other) {
        return new Tensor(at.add(other.at));
    }

    /** Sum with a number. */
    public Tensor plus(double number) {
        return new Tensor(at.add(new Scalar(number)));
    }

    /** Difference, element by element. */
    public Tensor minus(Tensor other) {
        return new Tensor(at.sub(other.at));
    }

    /** Product, element by element. */
    public Tensor times(Tensor other) {
        return new Tensor(at.mul(other.at));
    }

    /** Product with a number. */
    public Tensor times(double factor) {
        return new Tensor(at.mul(new Scalar(factor)));
    }

    /** Quotient, element by element. */
    public Tensor dividedBy(Tensor other) {
        return new Tensor(at.div(other.at));
    }

    /** Matrix product, batched over leading dimensions. */
    public Tensor matmul(Tensor other) {
        return new Tensor(torch.matmul(at, other.at));
    }

    /** Hyperbolic tangent. */
    public Tensor tanh() {
        return new Tensor(at.tanh());
    }

    /** Square, element by element. */
    public Tensor square() {
        return new Tensor(at.square());
    }

    /** Square root, element by element. */
    public Tensor sqrt() {
        return new Tensor(at.sqrt());
    }

    /** Softmax over a dimension. */
    public Tensor softmax(int dimension) {
        return new Tensor(at.softmax(dimension));
    }

    /** log softmax over a dimension. */
    public Tensor logSoftmax(int dimension) {
        return new Tensor(torch.log_softmax(at, dimension));
    }

    /** Sum of all values, as a scalar tensor. */
    public Tensor sum() {
        return new Tensor(at.sum());
    }

    /** Mean over a dimension, which stays with size 1. */
    public Tensor mean(int dimension) {
        return new Tensor(at.mean(new long[] {dimension}, true, null));
    }

    /** Euclidean norm over a dimension, which stays with size 1. */
    public Tensor norm(int dimension) {
        return new Tensor(
                at.norm(new org.bytedeco.pytorch.ScalarOptional(new Scalar(2.0)), new long[] {dimension}, true));
    }

    /** Index of the largest value over the last dimension. */
    public Tensor argmax() {
        return new Tensor(torch.argmax(at, new org.bytedeco.pytorch.LongOptional(-1), false));
    }

    // ---- change in place, by the owner alone

    /** Adds {@code factor · other}. */
    public Tensor addInPlace(Tensor other, double factor) {
        at.add_(other.at, new Scalar(factor));
        return this;
    }

    /** Adds a number. */
    public Tensor addInPlace(double number) {
        at.add_(new Scalar(number));
        return this;
    }

    /** Adds {@code factor · left @ right}, matrices. */
    public Tensor addProductInPlace(Tensor left, Tensor right, double factor) {
        at.addmm_(left.at, right.at, Numbers.ONE, new Scalar(factor));
        return this;
    }

    /** Multiplies by a number. */
    public Tensor timesInPlace(double factor) {
        at.mul_(new Scalar(factor));
        return this;
    }

    /** Multiplies element by element. */
    public Tensor timesInPlace(Tensor other) {
        at.mul_(other.at);
        return this;
    }

    /** Adds {@code factor · left ∘ right}, element by element. */
    public Tensor addTimesInPlace(Tensor left, Tensor right, double factor) {
        at.addcmul_(left.at, right.at, new Scalar(factor));
        return this;
    }

    /** Adds {@code factor · left / right}, element by element. */
    public Tensor addQuotientInPlace(Tensor left, Tensor right, double factor) {
        at.addcdiv_(left.at, right.at, new Scalar(factor));
        return this;
    }

    /** Takes over the values of another tensor, with conversion. */
    public Tensor copyFrom(Tensor other) {
        at.copy_(other.at);
        return this;
    }

    /** Takes over rows of another tensor as its rows of these numbers, each at most once. */
    public Tensor writeRows(Tensor indices, Tensor rows) {
        at.index_copy_(0, indices.at, rows.at);
        return this;
    }

    /** Writes float32 values from a flat position on; the tensor is a contiguous float32 one on the processor. */
    public void writeFloats(long first, float[] values, int count) {
        if (dtype() != DType.F32 || !isContiguous() || first < 0 || Math.addExact(first, count) > elements()) {
            throw new TensorException("cannot write " + count + " float32 values at " + first + " of a " + this);
        }
        try (FloatPointer data = new FloatPointer(at.data_ptr())) {
            data.position(first).put(values, 0, count);
        }
    }

    // ---- back to Java

    /** Reads bytes from a position on; the tensor is a contiguous one of bytes on the processor. */
    void readBytes(long first, byte[] into) {
        if (dtype() != DType.U8 || !isContiguous() || first < 0 || Math.addExact(first, into.length) > elements()) {
            throw new TensorException("cannot read " + into.length + " bytes at " + first + " of a " + this);
        }
        try (BytePointer data = new BytePointer(at.data_ptr())) {
            data.position(first).get(into, 0, into.length);
        }
    }

    /** All values as float32, row-major. */
    public float[] toFloats() {
        int count = Math.toIntExact(elements());
        float[] values = new float[count];
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor plain = to(Device.CPU).to(DType.F32).contiguous().at;
            if (count > 0) {
                new FloatPointer(plain.data_ptr()).get(values, 0, count);
            }
        }
        return values;
    }

    /** All values as float64, row-major. */
    public double[] toDoubles() {
        int count = Math.toIntExact(elements());
        double[] values = new double[count];
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor plain = to(Device.CPU).to(DType.F64).contiguous().at;
            if (count > 0) {
                new DoublePointer(plain.data_ptr()).get(values, 0, count);
            }
        }
        return values;
    }

    /** All values as int64, row-major. */
    public long[] toLongs() {
        int count = Math.toIntExact(elements());
        long[] values = new long[count];
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor plain = to(Device.CPU).to(DType.I64).contiguous().at;
            if (count > 0) {
                new LongPointer(plain.data_ptr()).get(values, 0, count);
            }
        }
        return values;
    }

    /** The bytes of all values as they lie in memory, row-major, in this machine's order. */
    public byte[] toBytes() {
        byte[] bytes = new byte[Math.toIntExact(Math.multiplyExact(elements(), dtype().bytes()))];
        try (Scope scope = Scope.open()) {
            org.bytedeco.pytorch.Tensor plain = to(Device.CPU).contiguous().at;
            if (bytes.length > 0) {
                new BytePointer(plain.data_ptr()).get(bytes, 0, bytes.length);
            }
        }
        return bytes;
    }

    /** The one value of a tensor of one element. */
    public double item() {
        return at.item_double();
    }

    /** True if no value is NaN or infinite. */
    public boolean isFinite() {
        try (Scope scope = Scope.open()) {
            return at.isfinite().all().item_bool();
        }
    }

    /** True if shape, type and every bit agree. */
    public boolean sameBits(Tensor other) {
        if (dtype() != other.dtype() || !Arrays.equals(shape(), other.shape())) {
            return false;
        }
        try (Scope scope = Scope.open()) {
            DType bits = switch (dtype()) {
                case F64, I64 -> DType.I64;
                case F32, I32 -> DType.I32;
                case F16, BF16, I16 -> DType.I16;
                case I8, U8, BOOL -> DType.U8;
            };
            return at.contiguous()
                    .view(bits.scalarType())
                    .equal(other.at.contiguous().view(bits.scalarType()));
        }
    }

    @Override
    public String toString() {
        return "Tensor" + Arrays.toString(shape()) + " " + dtype() + " " + device();
    }
}
