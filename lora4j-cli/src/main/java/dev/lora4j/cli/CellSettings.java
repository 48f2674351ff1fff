package dev.lora4j.cli;

import dev.lora4j.data.EncodingSettings;
import dev.lora4j.data.RowPolicy;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.training.Schedule;
import dev.lora4j.training.TrainingConfig;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The settings of one cell of an experiment, under the names that {@code train} gives its options. */
@Command(name = "lora4j experiment")
final class CellSettings {
    private static final int MOST_MINUTES = 1_000_000;

    @Mixin
    private final MethodOptions method = new MethodOptions();

    @Mixin
    private final LoraOptions lora = new LoraOptions();

    @Mixin
    private final DataOptions rows = new DataOptions();

    @Mixin
    private final TrainingOptions training = new TrainingOptions();

    @Mixin
    private final AnswerOptions answers = new AnswerOptions();

    @Option(names = "--minutes", description = "Training stops at the end of the step in which it has taken so long.")
    private double minutes;

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
        answers.search();
        checkMinutes(where);
        try {
            method.requireFit(lora, training.config());
        } catch (IllegalArgumentException | AdapterException e) {
            throw new IllegalArgumentException(where + ": " + e.getMessage(), e);
        }
    }

    /** With a budget of time nobody knows how many steps there will be. */
    private void checkMinutes(String where) {
        if (!(minutes >= 0 && minutes <= MOST_MINUTES)) {
            throw new IllegalArgumentException(
                    where + ": minutes is " + minutes + "; expected 0, for no limit, to " + MOST_MINUTES);
        }
        TrainingConfig config = training.config();
        boolean knowsNoEnd =
                config.schedule() == Schedule.CONSTANT && (config.warmupSteps() > 0 || config.warmupRatio() == 0);
        if (minutes > 0 && !knowsNoEnd) {
            throw new IllegalArgumentException(where + ": with minutes nobody knows how many steps there will be, found"
                    + " schedule " + config.schedule() + ", warmup-steps " + config.warmupSteps() + " and warmup-ratio "
                    + config.warmupRatio() + "; give schedule: constant, and warmup-steps or warmup-ratio: 0");
        }
    }

    /** Of training; 0 for no limit. */
    double seconds() {
        return 60 * minutes;
    }

    /** How answers are looked for where they are texts. */
    AnswerOptions answers() {
        return answers;
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
    NewAdapter adapter(PublishedTask task) {
        return new NewAdapter(
                method,
                task.kind(),
                task.labels(),
                lora.config(),
                training.config().seed());
    }
}
