package dev.lora4j.plan;

import java.util.Locale;

/** Ways to fine-tune a model that the article compares (arXiv 2106.09685, section 5.1). */
public enum PlanMethod {
    /** Low-rank pairs beside frozen layers. */
    LORA,
    /** Every weight. */
    FULL,
    /** The biases alone. */
    BITFIT,
    /** Two bottlenecks of width r in every block (Houlsby et al.). */
    ADAPTER,
    /** Hidden states of some extra tokens in every block, in place of what the layers give there. */
    PREFIX;

    /** As options and messages call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
