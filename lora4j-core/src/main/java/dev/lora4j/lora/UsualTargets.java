package dev.lora4j.lora;

/** The targets of a model family when a configuration names none (PEFT's {@code constants.py}). */
final class UsualTargets {
    private UsualTargets() {}

    static Targets of(String modelType) {
        return switch (modelType) {
            case "bert", "roberta", "xlm-roberta", "camembert" -> Targets.named("query", "value");
            case "deberta-v2" -> Targets.named("query_proj", "value_proj");
            case "distilbert" -> Targets.named("q_lin", "v_lin");
            case "gpt2" -> Targets.named("c_attn");
            default -> Targets.named("q_proj", "v_proj");
        };
    }
}
