package dev.lora4j.cli;

import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.training.TrainingConfig;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The settings of one cell of an experiment, under the names that {@code train} gives its options. */
@Command(name = "lora4j experiment")
final class CellSettings {
    @Mixin
    private final MethodOptions method = new MethodOptions();

    @Mixin
    private final LoraOptions lora = new LoraOptions();

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    private CellSettings() {}

    /**
     * Reads settings.
     *
     * @param where for messages
     * @throws CommandLine.ParameterException naming the setting that is unknown or of the wrong kind
     */
    static CellSettings of(String where, Map<String, String> settings) {
        ConfigFile file = new ConfigFile(where, settings);
        CellSettings cell = new CellSettings();
        CommandLine line = line(cell);
        file.check(line, line(new CellSettings()));
        line.setDefaultValueProvider(file).parseArgs();
        cell.check(where);
        return cell;
    }

    private static CommandLine line(CellSettings cell) {
        return new CommandLine(cell).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private void check(String where) {
        training.config();
        lora.config();
        try {
            method.requireFit(lora, training.config());
        } catch (IllegalArgumentException | AdapterException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    boolean is(Method which) {
        return method.is(which);
    }

    TrainingConfig training() {
        return training.config();
    }

    EncodingSettings encoding(int maxPositions) {
        return rows.encoding(maxPositions);
    }

    RowPolicy badRows() {
        return rows.badRows();
    }

    /** What a training of a task begins with. */
    NewAdapter adapter(NamedTask task) {
        return new NewAdapter(
                method,
                task.kind(),
                task.glue().flatMap(glue -> glue.labels()),
                lora.config(),
                training.config().seed());
    }
}
