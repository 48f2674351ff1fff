package dev.lora4j.cli;

import dev.lora4j.lora.Baseline;
import dev.lora4j.training.TrainingConfig;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a training changes, as options. */
final class MethodOptions {
    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "${COMPLETION-CANDIDATES}; full writes a model's folder, all others an adapter's (lora).")
    private Method method = Method.LORA;

    @Option(
            names = "--size",
            paramLabel = "N",
            description = "Width of the bottlenecks of adapter-* (64), virtual tokens of prefix-* (8), or layers of"
                    + " top-layers (2).")
    private @Nullable Integer size;

    boolean is(Method which) {
        return method == which;
    }

    /** The method that LoRA is compared with; empty for LoRA and full fine-tuning. */
    Optional<Baseline> baseline() {
        return method.baseline(size == null ? OptionalInt.empty() : OptionalInt.of(size));
    }

    /** Refuses a size that means nothing, and what shapes low-rank pairs where there are none. */
    void requireFit(LoraOptions lora, TrainingConfig settings) {
        baseline();
        if (method == Method.LORA) {
            return;
        }
        if (lora.areGiven()) {
            throw new IllegalArgumentException("method " + method + " has no rank, scaling, targets or whatever else"
                    + " shapes a low-rank adapter; leave these out");
        }
        if (settings.loraPlusRatio() != 1) {
            throw new IllegalArgumentException("lora-plus-ratio is for the B of low-rank pairs, which method " + method
                    + " has not; leave it out");
        }
    }
}
