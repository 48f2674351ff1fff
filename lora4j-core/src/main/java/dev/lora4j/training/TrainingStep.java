package dev.lora4j.training;

import dev.lora4j.data.Example;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.model.FrozenPrefix;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One optimizer step of one or many adapters over one frozen base.
 *
 * <p>Micro-batch i of every adapter goes through the model in one batch; each adapter has its own loss, weight, gradients
 * and optimizer. Rows never mix, so an adapter whose values are no longer finite harms no other.
 */
final class TrainingStep {
    private final LanguageModel model;
    private final Pace pace;

    TrainingStep(LanguageModel model, Pace pace) {
        this.model = model;
        this.pace = pace;
    }

    /** Everything one adapter brings to a step and takes from it. */
    private static final class Share {
        private final TrainingRun run;
        private final List<List<Example>> pieces;
        private final long labels;
        private final Gradients gradients;
        private double lossSum;
        private long tokens;
        private @Nullable TrainingException failure;

        Share(TrainingRun run, Scope scope) {
            this.run = run;
            this.pieces = run.nextRows();
            this.labels = pieces.stream().mapToLong(TaskLoss::labels).sum();
            this.gradients = new Gradients(scope);
        }
    }

    /**
     * What one step did for each run.
     *
     * @param records of those that took the step
     * @param failures of those that could not: their adapters have the values of the step before
     */
    record Outcome(Map<TrainingRun, StepRecord> records, Map<TrainingRun, Lora4jException> failures) {}

    /** Runs one step of each and changes the adapters. */
    Outcome run(List<TrainingRun> runs) {
        long begin = System.nanoTime();
        try (Scope scope = Scope.open()) {
            Outcome outcome = new Outcome(new LinkedHashMap<>(), new LinkedHashMap<>());
            List<Share> shares = shares(runs, scope, outcome);
            int most =
                    shares.stream().mapToInt(share -> share.pieces.size()).max().orElse(0);
            for (int i = 0; i < most; i++) {
                accumulate(shares, i);
            }
            shares.forEach(share -> update(share, begin, outcome));
            return outcome;
        }
    }

    /** A share per run, but for one whose prefix cannot be kept, such as on a full disk. */
    private static List<Share> shares(List<TrainingRun> runs, Scope scope, Outcome outcome) {
        List<Share> shares = new ArrayList<>();
        for (TrainingRun run : runs) {
            Share share = new Share(run, scope);
            try {
                run.prefix().ifPresent(prefix -> share.pieces.forEach(prefix.training()::compute));
                shares.add(share);
            } catch (Lora4jException e) {
                outcome.failures().put(run, e);
            }
        }
        return shares;
    }

    private void accumulate(List<Share> all, int index) {
        pace.await();
        List<Share> shares =
                all.stream().filter(share -> index < share.pieces.size()).toList();
        MicroBatch batch = new MicroBatch(shares.stream()
                .map(share ->
                        new MicroBatch.Part(share.run.task(), share.pieces.get(index), share.run.dropoutKey(index)))
                .toList());
        List<Tensor> parameters = new ArrayList<>();
        shares.forEach(share -> parameters.addAll(share.run.parameters().values()));
        boolean recompute =
                shares.stream().anyMatch(share -> share.run.task().config().recompute());
        try (Scope scope = Scope.open();
                Tape tape = Tape.recording(parameters)) {
            Tensor hidden = hidden(shares, batch, tape, recompute);
            long offset = 0;
            for (int i = 0; i < shares.size(); i++) {
                MicroBatch.Part part = batch.parts().get(i);
                addLoss(tape, hidden, shares.get(i), part, offset);
                offset += part.tokens();
            }
            tape.backward();
            shares.forEach(share -> share.gradients.add(tape, share.run.parameters()));
        }
    }

    private Tensor hidden(List<Share> shares, MicroBatch batch, Tape tape, boolean recompute) {
        if (shares.get(0).run.prefix().isEmpty()) {
            return recompute
                    ? model.hiddenWithRecompute(batch.tokens(), batch.routing(), tape)
                    : model.hidden(batch.tokens(), batch.routing(), tape);
        }
        List<FrozenPrefix> prefixes = new ArrayList<>();
        for (int i = 0; i < shares.size(); i++) {
            PrefixCache cache = shares.get(i).run.prefix().orElseThrow().training();
            prefixes.add(cache.prefix(batch.parts().get(i).rows()));
        }
        FrozenPrefix prefix = PrefixCache.sideBySide(prefixes);
        return recompute
                ? model.hiddenAboveWithRecompute(prefix, batch.tokens(), batch.routing(), tape)
                : model.hiddenAbove(prefix, batch.tokens(), batch.routing(), tape);
    }

    private void addLoss(Tape tape, Tensor hidden, Share share, MicroBatch.Part part, long offset) {
        TrainingTask task = share.run.task();
        TaskLoss loss = new TaskLoss(model, task.adapter(), task.config().labelSmoothing());
        TaskLoss.Result result = loss.apply(tape, hidden, part.rows(), offset, 1.0 / share.labels);
        checkFinite(share, "the loss", result.lossSum());
        share.lossSum += result.lossSum();
        share.tokens += part.tokens();
    }

    /** Stops before the adapter takes harm: the values and the last checkpoint are those of the step before. */
    private static void checkFinite(Share share, String what, double value) {
        if (!Double.isFinite(value) && share.failure == null) {
            share.failure = new TrainingException(share.run.task().name() + ": " + what + " is " + value + " at step "
                    + (share.run.progress().step() + 1) + " on rows "
                    + share.pieces.stream()
                            .flatMap(List::stream)
                            .map(row -> row.origin().toString())
                            .toList()
                    + "; the last checkpoint is kept, try a lower learning rate");
        }
    }

    private static void update(Share share, long begin, Outcome outcome) {
        TrainingRun run = share.run;
        double norm = share.gradients.norm();
        checkFinite(share, "the norm of the gradients", norm);
        if (share.failure != null) {
            outcome.failures().put(run, share.failure);
            return;
        }
        double learningRate = run.learningRate();
        share.gradients.clip(norm, run.task().config().maxGradientNorm());
        run.update(share.gradients, learningRate);
        StepRecord record = new StepRecord(
                run.progress().step(),
                run.epoch(),
                share.lossSum / share.labels,
                learningRate,
                norm,
                share.tokens,
                (System.nanoTime() - begin) / 1e9,
                ProcessMemory.residentBytes());
        run.stepped(record);
        outcome.records().put(run, record);
    }
}
