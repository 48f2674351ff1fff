package dev.lora4j.cli;

import dev.lora4j.lora.Baseline;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What a training changes, as users name it. */
enum Method {
    /** A low-rank adapter beside the base. */
    LORA,
    /** Every weight of the base itself. */
    FULL,
    /** {@link Baseline.Kind#BITFIT}. */
    BITFIT,
    /** {@link Baseline.Kind#ADAPTER_H}. */
    ADAPTER_H,
    /** {@link Baseline.Kind#ADAPTER_L}. */
    ADAPTER_L,
    /** {@link Baseline.Kind#ADAPTER_P}. */
    ADAPTER_P,
    /** {@link Baseline.Kind#PREFIX_EMBEDDING}. */
    PREFIX_EMBEDDING,
    /** {@link Baseline.Kind#PREFIX_LAYER}. */
    PREFIX_LAYER,
    /** {@link Baseline.Kind#TOP_LAYERS}. */
    TOP_LAYERS;

    /** The method of these that LoRA is compared with; empty for itself and for full fine-tuning, which has its own way. */
    Optional<Baseline> baseline(OptionalInt size) {
        if (size.isPresent() && usualSize() == 0) {
            throw new IllegalArgumentException("method " + this + " has no size; leave it out");
        }
        if (this == LORA || this == FULL) {
            return Optional.empty();
        }
        return Optional.of(new Baseline(Baseline.Kind.valueOf(name()), size.orElse(usualSize())));
    }

    /** Where no size is given; 0 if there is none. */
    private int usualSize() {
        return switch (this) {
            case LORA, FULL, BITFIT -> 0;
            case ADAPTER_H, ADAPTER_L, ADAPTER_P -> 64;
            case PREFIX_EMBEDDING, PREFIX_LAYER -> 8;
            case TOP_LAYERS -> 2;
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
