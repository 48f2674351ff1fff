package dev.lora4j.lora;

import java.util.Locale;

/**
 * A method that the LoRA paper compares with (arXiv 2106.09685, section 5.1), other than full fine-tuning.
 *
 * <p>d is the width of the hidden states, L the number of blocks. A head for sequences is trained whole beside each.
 *
 * @param size what its kind counts; 0 for {@link Kind#BITFIT}, which counts nothing
 */
public record Baseline(Kind kind, int size) {
    /** What is trained. */
    public enum Kind {
        /** Every bias of the model (arXiv 2106.10199). */
        BITFIT("nothing"),
        /**
         * Bottlenecks after the attention and the feed-forward layer of each block, before the residual (Houlsby et al.
         * 2019, arXiv 1902.00751); norms stay frozen. Size is their width w: 2L · (2dw + w + d) values.
         */
        ADAPTER_H("width"),
        /**
         * A bottleneck with a norm of its own at the end of each block's feed-forward branch (Lin et al. 2020, arXiv
         * 2004.03829). Size is its width w: L · (2dw + w + d) + L · 2d values.
         */
        ADAPTER_L("width"),
        /**
         * A bottleneck at the end of each block's feed-forward branch, after the block's norm where it ends in one (Pfeiffer
         * et al. 2021, arXiv 2005.00247). Size is its width w: L · (2dw + w + d) values.
         */
        ADAPTER_P("width"),
        /** The word embeddings of virtual tokens before the text (the paper's PreEmbed). Size n of them: d · n values. */
        PREFIX_EMBEDDING("virtual tokens"),
        /**
         * What the attention of each block reads at virtual tokens before the text (the paper's PreLayer, after arXiv
         * 2101.00190). Size n of them: L · d · n values.
         */
        PREFIX_LAYER("virtual tokens"),
        /** The last blocks whole (the paper's FT-Top2). Size is how many. */
        TOP_LAYERS("layers");

        private final String counted;

        Kind(String counted) {
            this.counted = counted;
        }

        /** What its size counts, in words. */
        public String counted() {
            return counted;
        }

        boolean hasBottlenecks() {
            return this == ADAPTER_H || this == ADAPTER_L || this == ADAPTER_P;
        }

        boolean hasVirtualTokens() {
            return this == PREFIX_EMBEDDING || this == PREFIX_LAYER;
        }
    }

    /** The largest width or number that is taken for meant. */
    private static final int LARGEST = 1 << 16;

    /** Checks the size. */
    public Baseline {
        boolean counts = kind != Kind.BITFIT;
        if (counts ? size < 1 || size > LARGEST : size != 0) {
            throw new AdapterException("size of " + name(kind) + " is " + size + "; expected "
                    + (counts ? kind.counted() + " from 1 to " + LARGEST : "0, since it has none"));
        }
    }

    /** Every bias. */
    public static Baseline bitFit() {
        return new Baseline(Kind.BITFIT, 0);
    }

    private static String name(Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
        return size == 0 ? name(kind) : name(kind) + " of " + size + " " + kind.counted();
    }
}
