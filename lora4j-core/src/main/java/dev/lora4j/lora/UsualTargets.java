package dev.lora4j.lora;

/** The targets of a model family when a configuration names none (PEFT's {@code constants.py}). */
final class UsualTargets {
    private UsualTargets() {}

    static Targets of(String modelType) {
        return switch (modelType) {
            case "bert" -> Targets.named("query", "value");
            case "gpt2" -> Targets.named("c_attn");
            default -> Targets.named("q_proj", "v_proj");
        };
    }
}
