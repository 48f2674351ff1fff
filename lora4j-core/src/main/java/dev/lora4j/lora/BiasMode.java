package dev.lora4j.lora;

/** Which biases of the base are trained beside the pairs: PEFT's {@code bias}. */
public enum BiasMode {
    /** None. */
    NONE("none"),
    /** Every bias of the model. */
    ALL("all"),
    /** Those of the adapted layers. */
    LORA_ONLY("lora_only");

    private final String peftName;

    BiasMode(String peftName) {
        this.peftName = peftName;
    }

    /** As adapter_config.json says it. */
    String peftName() {
        return peftName;
    }
}
