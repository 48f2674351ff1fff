package dev.lora4j.tensor;

/**
 * Makes matrices that are kept compressed in memory, for one model.
 *
 * <p>Its matrices share the arrays and buffers in which they are decoded and expanded. All are on the processor.
 */
public final class MatrixCompression {
    private final Scope owner;
    private final Scratch scratch = new Scratch();
    private final Digits digits = new Digits();
    private final ExpansionBuffers buffers;

    /**
     * For the matrices of a model.
     *
     * @param owner of all that they keep
     */
    public MatrixCompression(Scope owner) {
        this.owner = owner;
        this.buffers = new ExpansionBuffers(owner);
    }

    /** Rounded to bfloat16. */
    public FrozenMatrix bf16(RowSource source, long out, long in) {
        try (Scope scope = Scope.open()) {
            Tensor values = owner.keep(Tensor.empty(DType.BF16, out, in));
            source.inRuns(
                    out,
                    in,
                    (first, rows) -> values.rows(first, first + rows.size(0)).copyFrom(rows));
            return expanded(new HalfRows(values));
        }
    }

    /** Rounded to signed bytes, with a scale of each output. */
    public FrozenMatrix int8(RowSource source, long out, long in) {
        Int8Rows rows = Int8Rows.of(source, out, in, owner);
        return new Int8WeightMatrix(rows, expanded(rows), digits, owner);
    }

    /** Rounded to 4-bit NormalFloat in blocks of 64 values. */
    public FrozenMatrix nf4(RowSource source, long out, long in) {
        return expanded(Nf4Rows.of(source, out, in, owner, scratch));
    }

    /**
     * Values of 16 bits as they are.
     *
     * @param values [out, in], bfloat16 or half precision; held by the owner
     */
    public FrozenMatrix half(Tensor values) {
        return expanded(new HalfRows(owner.keep(values)));
    }

    /**
     * Values that stay in a file.
     *
     * @param bytes that they take there
     */
    public FrozenMatrix decoded(ValueDecoder source, long out, long in, long bytes) {
        return expanded(new DecodedRows(out, in, source, bytes, scratch));
    }

    private CompressedMatrix expanded(CompressedRows rows) {
        return new CompressedMatrix(rows, buffers);
    }
}
