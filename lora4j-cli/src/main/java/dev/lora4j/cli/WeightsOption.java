package dev.lora4j.cli;

import dev.lora4j.model.WeightFormat;
import picocli.CommandLine.Option;

/** How a base that is loaded is kept in memory. */
final class WeightsOption {
    @Option(
            names = "--weights",
            paramLabel = "FORMAT",
            defaultValue = "f32",
            description = "How the base's matrices are kept in memory: ${COMPLETION-CANDIDATES}, where stored is as the"
                    + " file has them (default: ${DEFAULT-VALUE}).")
    private WeightFormat format = WeightFormat.F32;

    WeightFormat format() {
        return format;
    }
}
