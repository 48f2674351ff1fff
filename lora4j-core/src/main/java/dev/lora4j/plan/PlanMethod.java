package dev.lora4j.plan;

import dev.lora4j.lora.Baseline;
import java.util.Optional;

/**
 * A way to fine-tune a model that the article compares (arXiv 2106.09685, section 5.1).
 *
 * @param full whether every weight is trained
 * @param baseline the method, if it is neither low-rank pairs nor full
 */
public record PlanMethod(boolean full, Optional<Baseline> baseline) {
    /** Low-rank pairs beside frozen layers. */
    public static final PlanMethod LORA = new PlanMethod(false, Optional.empty());

    /** Every weight. */
    public static final PlanMethod FULL = new PlanMethod(true, Optional.empty());

    /** Another one. */
    public static PlanMethod of(Baseline baseline) {
        return new PlanMethod(false, Optional.of(baseline));
    }

    /** Whether it trains every bias and nothing else. */
    boolean isBitFit() {
        return baseline.filter(other -> other.kind() == Baseline.Kind.BITFIT).isPresent();
    }
}
