package dev.lora4j.training;

import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Measures an adapter on held-out rows: mean loss over all labels, accuracy of a classifier. Nothing is dropped out. */
final class Validation {
    private Validation() {}

    /** Mean loss and, for a classifier, the share of right answers. */
    record Score(double loss, OptionalDouble accuracy) {}

    /** Rows that go through the model together, the same in every evaluation. */
    static List<List<Example>> pieces(TrainingTask task, Dataset rows) {
        return MicroBatch.cut(rows.examples(), task);
    }

    static Score of(LanguageModel model, TrainingTask task, Dataset rows) {
        return of(model, task, rows, Optional.empty(), Pace.FULL);
    }

    static Score of(LanguageModel model, TrainingTask task, Dataset rows, Optional<PrefixCache> cache, Pace pace) {
        double loss = 0;
        long labels = 0;
        long correct = 0;
        TaskLoss taskLoss = new TaskLoss(model, task.adapter(), 0);
        for (List<Example> piece : pieces(task, rows)) {
            pace.await();
            MicroBatch batch = new MicroBatch(List.of(new MicroBatch.Part(task, piece, OptionalLong.empty())));
            try (Scope scope = Scope.open()) {
                Tensor hidden = cache.map(each -> each.prefix(piece))
                        .map(below -> model.hiddenAbove(below, batch.tokens(), batch.routing(), Tape.inference()))
                        .orElseGet(() -> model.hidden(batch.tokens(), batch.routing(), Tape.inference()));
                TaskLoss.Result result = taskLoss.apply(Tape.inference(), hidden, piece, 0, 1);
                loss += result.lossSum();
                labels += result.labels();
                correct += result.correct();
            }
        }
        return new Score(
                loss / labels, correct < 0 ? OptionalDouble.empty() : OptionalDouble.of((double) correct / labels));
    }
}
