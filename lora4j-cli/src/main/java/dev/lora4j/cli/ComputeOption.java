package dev.lora4j.cli;

import dev.lora4j.model.WeightFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** In what a base that is loaded computes. */
final class ComputeOption {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--compute",
            paramLabel = "TYPE",
            defaultValue = "f32",
            description = "In what the base's linear layers compute: ${COMPLETION-CANDIDATES}; int8 rounds"
                    + " their inputs and gradients to bytes (default: ${DEFAULT-VALUE}).")
    private Type type = Type.F32;

    private enum Type {
        F32,
        INT8;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The format that both options ask for.
     *
     * @throws ParameterException if matrices are to be multiplied as bytes and kept in something else
     */
    WeightFormat format(WeightsOption weights) {
        if (type == Type.F32) {
            return weights.format();
        }
        if (command != null && weights.format() != WeightFormat.F32) {
            throw new ParameterException(
                    command.commandLine(),
                    "compute int8 keeps the matrices as bytes of its own and cannot be given with weights "
                            + weights.format() + "; leave out one of them");
        }
        return WeightFormat.INT8_PRODUCTS;
    }
}
