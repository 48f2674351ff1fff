package dev.lora4j.cli;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.training.EvaluationRecord;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;

/** Two listeners that hear the same. */
record TwoListeners(TrainingListener first, TrainingListener second) implements TrainingListener {
    @Override
    public void started(TrainingTask task, long step, long totalSteps) {
        first.started(task, step, totalSteps);
        second.started(task, step, totalSteps);
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        first.stepped(task, record);
        second.stepped(task, record);
    }

    @Override
    public void evaluated(TrainingTask task, EvaluationRecord record) {
        first.evaluated(task, record);
        second.evaluated(task, record);
    }

    @Override
    public void saved(TrainingTask task, Path checkpoint) {
        first.saved(task, checkpoint);
        second.saved(task, checkpoint);
    }

    @Override
    public void finished(TrainingTask task, TrainingReport report) {
        first.finished(task, report);
        second.finished(task, report);
    }

    @Override
    public void failed(TrainingTask task, Lora4jException cause) {
        first.failed(task, cause);
        second.failed(task, cause);
    }
}
