package dev.lora4j.training;

import dev.lora4j.tensor.Tensor;

/**
 * How one parameter is stepped: each belongs to exactly one group.
 *
 * <p>LoRA+ (arXiv 2402.12354; PEFT's {@code create_loraplus_optimizer}): B and whatever has one dimension learn at
 * ratio · lr, and biases and the scales of norms do not decay. Without it all are alike.
 *
 * @param rate factor of the learning rate
 * @param decays whether weight decay applies
 */
record ParameterGroup(double rate, boolean decays) {
    private static final ParameterGroup USUAL = new ParameterGroup(1, true);

    /** The group of a parameter by its name in PEFT's files. */
    static ParameterGroup of(String name, Tensor parameter, double loraPlusRatio) {
        if (loraPlusRatio == 1) {
            return USUAL;
        }
        boolean vector = parameter.rank() == 1;
        boolean b = name.contains(".lora_B.") || name.endsWith(".lora_embedding_B");
        boolean biasOrNorm = name.endsWith(".bias") || (vector && name.endsWith(".weight"));
        return new ParameterGroup(vector || b ? loraPlusRatio : 1, !biasOrNorm);
    }
}
