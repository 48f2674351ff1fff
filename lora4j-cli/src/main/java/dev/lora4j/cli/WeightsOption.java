package dev.lora4j.cli;

import dev.lora4j.model.WeightFormat;
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

    private WeightFormat format = WeightFormat.F32;

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
            defaultValue = "f32",
            completionCandidates = Candidates.class,
            description = "How the base's matrices are kept in memory: ${COMPLETION-CANDIDATES}, where stored is as the"
                    + " file has them (default: ${DEFAULT-VALUE}).")
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

    WeightFormat format() {
        return format;
    }
}
