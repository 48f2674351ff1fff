package dev.lora4j.lora;

/**
 * How A and B begin: PEFT's {@code init_lora_weights}.
 *
 * <p>The kinds that begin with a part of W itself keep the model's output: the beginning is taken off again by a frozen
 * pair beside the trained one, so the base stays as it is. An embedding always begins with A zero and B normal.
 */
public enum Initialization {
    /** A uniform in ±1/√in (Kaiming with a = √5), B zero: PEFT's and loralib's default. */
    KAIMING("true"),
    /** A normal with deviation 1/rank, B zero. */
    GAUSSIAN("gaussian"),
    /** A uniform in ±1/√in and B in ±1/√rank: changes the output at once, for tests. */
    RANDOM("false"),
    /** A and B from the rows of one orthogonal matrix, a tenth of it; the output stays. Needs an even rank. */
    ORTHOGONAL("orthogonal"),
    /** The largest singular values of W (arXiv 2404.02948). */
    PISSA("pissa"),
    /** The same, nearly, by four rounds of randomised iteration: much faster on large matrices. */
    PISSA_NITER("pissa_niter_4"),
    /** The first rows and columns of W's QR factors (arXiv 2406.01775). */
    OLORA("olora");

    private final String peftName;

    Initialization(String peftName) {
        this.peftName = peftName;
    }

    /** As adapter_config.json says it. */
    String peftName() {
        return peftName;
    }

    /** True if PEFT says it by true or false. */
    boolean isPlain() {
        return this == KAIMING || this == RANDOM;
    }

    /** True if W loses what the pair begins with. */
    boolean changesBase() {
        return this == PISSA || this == PISSA_NITER || this == OLORA;
    }
}
