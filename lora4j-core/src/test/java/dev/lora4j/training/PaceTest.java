package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lora4j.data.Dataset;
import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaceTest {
    private static String trained(LanguageModel model, Pace pace) {
        try (Adapter adapter = TinyRun.adapter(model, 0.1, 3)) {
            TrainingConfig config =
                    TinyRun.config().microBatchTokens(1).evaluationSteps(3).build();
            TrainingTask task =
                    TrainingTask.of("run", adapter, TinyRun.rows(9, 1), config).validatedOn(TinyRun.rows(4, 2));
            Trainer.of(model, task).pacedBy(pace).train();
            return adapter.digest();
        }
    }

    @Test
    void isAskedBeforeEveryPassAndChangesNothingOfTheResult() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model()) {
            AtomicInteger asked = new AtomicInteger();
            String paced = trained(model, asked::incrementAndGet);
            assertThat(paced).isEqualTo(trained(model, Pace.FULL));
            // one row in each pass: 6 steps of 3 rows, and 2 evaluations of 4
            assertThat(asked).hasValue(6 * 3 + 2 * 4);
        }
    }

    @Test
    void isAskedBeforeStatesOfFrozenBlocksAreComputed(@TempDir Path folder) {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.upperAdapter(model, 0, 3)) {
            Dataset rows = TinyRun.rows(3, 1);
            AtomicInteger asked = new AtomicInteger();
            TrainingConfig config = TinyRun.config().maxSteps(2).build();
            TrainingTask task = TrainingTask.of("run", adapter, rows, config).savedTo(folder);
            Trainer.of(model, task).pacedBy(asked::incrementAndGet).train();
            assertThat(asked)
                    .as("the states once, and a pass in each of 2 steps")
                    .hasValue(1 + 2);
        }
    }

    @Test
    void endsTheRunAtOnceIfItThrows() {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = TinyRun.adapter(model, 0, 3)) {
            TrainingTask task = TrainingTask.of(
                    "run", adapter, TinyRun.rows(9, 1), TinyRun.config().build());
            AtomicInteger left = new AtomicInteger(2);
            AtomicInteger steps = new AtomicInteger();
            Trainer trainer = Trainer.of(model, List.of(task)).pacedBy(() -> {
                if (left.getAndDecrement() == 0) {
                    throw new IllegalStateException("enough");
                }
            });
            assertThatThrownBy(() -> trainer.train(new TrainingListener() {
                        @Override
                        public void stepped(TrainingTask which, StepRecord record) {
                            steps.incrementAndGet();
                        }
                    }))
                    .hasMessage("enough");
            assertThat(steps).hasValue(2);
        }
    }
}
