package dev.lora4j.cli;

import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import java.util.Iterator;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a base that is loaded is kept in memory. */
final class WeightsOption {
    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    private @Nullable WeightFormat format;

    /** Formats whose products are computed in float32; the other one is asked for by {@link ComputeOption}. */
    private static final class Candidates implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return known().map(WeightFormat::toString).iterator();
        }
    }

    @Option(
            names = "--weights",
            paramLabel = "FORMAT",
            completionCandidates = Candidates.class,
            description = "How the base's matrices are kept in memory: ${COMPLETION-CANDIDATES}, where stored is as the"
                    + " file has them and packed is f32 in an order for several streams (default: f32; of serve packed"
                    + " where that is faster).")
    void keepAs(String wanted) {
        format = known().filter(each -> each.toString().equalsIgnoreCase(wanted))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        Objects.requireNonNull(command).commandLine(),
                        "weights cannot be " + wanted + "; expected one of " + String.join(", ", new Candidates())));
    }

    private static Stream<WeightFormat> known() {
        return Stream.of(WeightFormat.values()).filter(each -> each != WeightFormat.INT8_PRODUCTS);
    }

    /** What was asked for, else float32 as it is. */
    WeightFormat format() {
        return format == null ? WeightFormat.F32 : format;
    }

    /** What was asked for, else the fastest of float32 for the generation of several streams. */
    WeightFormat forStreams(Device device) {
        return format == null ? WeightFormat.forStreams(device) : format;
    }
}
