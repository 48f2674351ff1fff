package dev.lora4j.training;

import dev.lora4j.data.Example;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which hidden states each run keeps: a function of the tasks and the model alone, so that a resumed run keeps the same.
 *
 * <p>The groups of training rows are the micro-batches of the first epoch, which thus computes what it would without a
 * cache; those of validation rows are the ones of every evaluation.
 */
final class PrefixPlan {
    /** The scratch file in a run's output folder. */
    static final String FILE = "prefix-states.tmp";

    private static final Logger LOG = LoggerFactory.getLogger(PrefixPlan.class);

    private final LanguageModel model;
    private final int blocks;
    private final Pace pace;

    private PrefixPlan(LanguageModel model, int blocks, Pace pace) {
        this.model = model;
        this.blocks = blocks;
        this.pace = pace;
    }

    /** Gives every run its caches, if no adapter touches the lowest blocks and a run sees some rows more than once. */
    static void apply(LanguageModel model, List<TrainingRun> runs, Pace pace) {
        runs.forEach(run -> run.task().output().ifPresent(folder -> PrefixStatesInFile.discard(folder.resolve(FILE))));
        int blocks = runs.stream()
                .mapToInt(run -> model.blocksBelow(run.task().adapter()::changes))
                .min()
                .orElse(0);
        boolean useful = runs.stream()
                .anyMatch(
                        run -> run.task().config().prefixCache() > 0 && (run.repeatsRows() || run.repeatsEvaluation()));
        if (blocks > 0 && useful) {
            PrefixPlan plan = new PrefixPlan(model, blocks, pace);
            runs.forEach(plan::applyTo);
        }
    }

    private void applyTo(TrainingRun run) {
        TrainingTask task = run.task();
        List<List<Example>> training = run.repeatsRows() ? run.firstEpoch() : List.of();
        List<List<Example>> validation = run.repeatsEvaluation()
                ? Validation.pieces(task, task.validation().orElseThrow())
                : List.of();
        long room = task.config().prefixCache() / ((long) model.hiddenSize() * Float.BYTES);
        List<List<Example>> keptTraining = fitting(training, room);
        List<List<Example>> keptValidation = fitting(validation, room - tokens(keptTraining));
        long kept = tokens(keptTraining) + tokens(keptValidation);
        tell(task, kept, tokens(training) + tokens(validation));
        PrefixStates states = states(task, kept);
        Device device = task.adapter().tensors().values().iterator().next().device();
        PrefixCache.Source source = new PrefixCache.Source(model, blocks, device, pace);
        run.keep(new RunPrefix(
                new PrefixCache(source, keptTraining, states, 0),
                new PrefixCache(source, keptValidation, states, tokens(keptTraining)),
                states));
    }

    private PrefixStates states(TrainingTask task, long tokens) {
        if (tokens == 0 || task.output().isEmpty()) {
            return new PrefixStatesInMemory(tokens, model.hiddenSize());
        }
        Path file = task.output().get().resolve(FILE);
        return PrefixStatesInFile.create(file, tokens, model.hiddenSize());
    }

    private void tell(TrainingTask task, long kept, long wanted) {
        long width = (long) model.hiddenSize() * Float.BYTES;
        LOG.info(
                "{}: the lowest {} blocks are frozen; their output is kept for {} of {} tokens ({} of {} MB)",
                task.name(),
                blocks,
                kept,
                wanted,
                kept * width / 1_000_000,
                wanted * width / 1_000_000);
    }

    /** The groups, in their order, for which there is room. */
    static List<List<Example>> fitting(List<List<Example>> groups, long room) {
        List<List<Example>> fitting = new ArrayList<>();
        long left = room;
        for (List<Example> group : groups) {
            long tokens = tokens(List.of(group));
            if (tokens <= left) {
                fitting.add(group);
                left -= tokens;
            }
        }
        return fitting;
    }

    private static long tokens(List<List<Example>> groups) {
        return groups.stream().flatMap(List::stream).mapToLong(Example::length).sum();
    }
}
