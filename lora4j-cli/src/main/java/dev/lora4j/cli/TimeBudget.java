package dev.lora4j.cli;

import dev.lora4j.training.StepRecord;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingTask;

/** Asks one training to stop at the end of the step in which its steps have taken so many seconds together. */
final class TimeBudget implements TrainingListener {
    private final double seconds;
    private final Runnable stop;
    private double taken;

    /**
     * Nothing taken yet.
     *
     * @param seconds 0 for no limit
     */
    TimeBudget(double seconds, Runnable stop) {
        this.seconds = seconds;
        this.stop = stop;
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        taken += record.seconds();
        if (isSpent()) {
            stop.run();
        }
    }

    /** Whether it is this that has ended the training. */
    boolean isSpent() {
        return seconds > 0 && taken >= seconds;
    }
}
