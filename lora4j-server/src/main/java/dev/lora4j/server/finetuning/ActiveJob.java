package dev.lora4j.server.finetuning;

import dev.lora4j.training.Pace;
import dev.lora4j.training.Trainer;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A job that trains now, and how it is told to stop. {@link #await} belongs to the training thread, the rest to anybody.
 */
final class ActiveJob implements Pace {
    private final TrainingTurn turn;
    private volatile @Nullable Trainer trainer;
    private volatile boolean stopping;
    private volatile boolean abandoned;
    private volatile long estimatedFinish;
    private boolean hasTurn;

    ActiveJob(TrainingTurn turn) {
        this.turn = turn;
    }

    /** The run ends here, and nothing of it is kept. */
    static final class AbandonedException extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1L;

        AbandonedException() {
            super("the run was ended", null, false, false);
        }
    }

    /** Who is to be told that the run stops. */
    void runs(Trainer running) {
        trainer = running;
        if (stopping) {
            running.requestStop();
        }
    }

    /** Stops after the step that it is in, with a checkpoint. */
    void stop() {
        stopping = true;
        Trainer running = trainer;
        if (running != null) {
            running.requestStop();
        }
    }

    /** Stops before the next pass through the model; what came after the last checkpoint is lost. */
    void abandon() {
        abandoned = true;
        stop();
    }

    /** When it will be done, in Unix seconds; 0 if that is not known. */
    long estimatedFinish() {
        return estimatedFinish;
    }

    void estimate(long seconds) {
        estimatedFinish = seconds;
    }

    @Override
    public void await() {
        endTurn();
        if (abandoned) {
            throw new AbandonedException();
        }
        try {
            turn.take(() -> stopping);
            hasTurn = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AbandonedException();
        }
        if (abandoned) {
            throw new AbandonedException();
        }
    }

    /** Lets others compute, unless it is not this job's turn anyway. */
    void endTurn() {
        if (hasTurn) {
            hasTurn = false;
            turn.end();
        }
    }
}
