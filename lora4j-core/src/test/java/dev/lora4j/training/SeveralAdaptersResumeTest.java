package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeveralAdaptersResumeTest {
    @TempDir
    Path folder;

    private record Outcome(List<String> digests, List<TrainingReport> reports) {}

    /** One run of four steps and one of nine, stopped together when the second has taken some. */
    private Outcome train(String name, boolean resume, long stopAfter) {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter first = TinyRun.adapter(model, 0.1, 1);
                Adapter second = TinyRun.adapter(model, 0.2, 2)) {
            Trainer trainer = Trainer.of(
                    model,
                    task(name, "first", first, TinyRun.config().maxSteps(4), resume),
                    task(name, "second", second, TinyRun.config().maxSteps(9).batchSize(2), resume));
            List<TrainingReport> reports = trainer.train(new TrainingListener() {
                @Override
                public void stepped(TrainingTask task, StepRecord record) {
                    if (task.name().equals("second") && record.step() == stopAfter) {
                        trainer.requestStop();
                    }
                }
            });
            return new Outcome(List.of(first.digest(), second.digest()), reports);
        }
    }

    private TrainingTask task(String run, String name, Adapter adapter, TrainingConfig.Builder config, boolean resume) {
        TrainingTask task = TrainingTask.of(name, adapter, TinyRun.rows(11, name.length()), config.build())
                .savedTo(folder.resolve(run).resolve(name));
        return resume ? task.resumed() : task;
    }

    @Test
    void eachGoesOnWhereItWasAndTheBytesAreThoseOfAnUninterruptedRun() {
        Outcome whole = train("whole", false, -1);
        for (long stop : new long[] {2, 6}) { // both at work; the first complete already
            Outcome stopped = train("stopped-" + stop, false, stop);
            assertThat(stopped.reports().get(1).stop()).isEqualTo(TrainingReport.StopReason.INTERRUPTED);
            assertThat(stopped.reports().get(0).steps()).hasSize((int) Math.min(4, stop));
            Outcome resumed = train("stopped-" + stop, true, -1);
            assertThat(resumed.reports().get(0).steps()).hasSize((int) Math.max(0, 4 - stop));
            assertThat(resumed.reports().get(1).steps()).hasSize((int) (9 - stop));
            assertThat(resumed.digests()).isEqualTo(whole.digests());
        }
    }
}
