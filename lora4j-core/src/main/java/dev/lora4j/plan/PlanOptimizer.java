package dev.lora4j.plan;

import java.util.Locale;

/** How many values an optimizer keeps for each trained one; {@link #ADAMW} is the one that lora4j trains with. */
public enum PlanOptimizer {
    /** Two moments. */
    ADAMW(2),
    /** One. */
    MOMENTUM(1),
    /** None. */
    SGD(0);

    private final int moments;

    PlanOptimizer(int moments) {
        this.moments = moments;
    }

    /** Values kept for each trained one. */
    public int moments() {
        return moments;
    }

    /** As options and messages call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
