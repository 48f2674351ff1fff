package dev.lora4j.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.training.Schedule;
import dev.lora4j.training.StepRecord;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingListener;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Optimizer steps of one {@link Trainer} that runs on between the rounds, with one adapter or several at once.
 *
 * <p>Adapter i learns {@code rows[i]}, all of them in each step. The trainer's thread waits for a permit before each step,
 * so that what it keeps from step to step stays warm. It loads the model too, as a command does: libgomp lets its threads
 * wait in sleep alone once several threads have worked with it.
 */
final class StepWorkload implements Workload {
    private static final int WARM_UP = 3;

    private final JsonNode request;
    private final Thread thread = new Thread(this::train, "trainer");
    private final int tasks;
    private final int steps;
    private volatile @Nullable Base base;
    private volatile boolean ends;
    private final Semaphore permits = new Semaphore(0);
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    StepWorkload(JsonNode request) {
        this.request = request;
        steps = request.path("steps").asInt();
        tasks = request.path("rows").size();
    }

    private static TrainingConfig config(JsonNode request, int rows) {
        return TrainingConfig.builder()
                .maxSteps(Integer.MAX_VALUE)
                .batchSize(rows)
                .shuffle(false)
                .learningRate(request.path("learning_rate").asDouble())
                .schedule(Schedule.CONSTANT)
                .warmupRatio(0)
                .weightDecay(0.01)
                .maxGradientNorm(0)
                .recompute(request.path("recompute").asBoolean())
                .build();
    }

    private void train() {
        try (Base loaded = Base.load(request)) {
            base = loaded;
            List<TrainingTask> all = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                Dataset rows =
                        TokenRows.dataset(Path.of(request.path("rows").path(i).asText()));
                all.add(TrainingTask.of("adapter-" + i, loaded.adapters().get(i), rows, config(request, rows.size())));
            }
            train(Trainer.of(loaded.model(), all));
        } catch (RuntimeException | Error e) {
            events.add(e); // told to whoever waits for the step
        }
    }

    private void train(Trainer trainer) {
        trainer.train(new TrainingListener() {
            private int stepped;

            @Override
            public void started(TrainingTask task, long step, long totalSteps) {
                if (task.name().equals("adapter-0")) {
                    await();
                }
            }

            @Override
            public void stepped(TrainingTask task, StepRecord record) {
                events.add(record);
                if (++stepped % tasks == 0) {
                    await();
                }
            }

            private void await() {
                permits.acquireUninterruptibly();
                if (ends) {
                    trainer.requestStop();
                }
            }
        });
    }

    @Override
    public ObjectNode prepare() {
        thread.start();
        ObjectNode answer = Workload.answer();
        ArrayNode losses = answer.putArray("losses");
        for (int i = 0; i < WARM_UP; i++) {
            step().forEach(record -> losses.add(record.loss()));
        }
        return answer;
    }

    @Override
    public ObjectNode round(JsonNode request) {
        long begin = System.nanoTime();
        long tokens = 0;
        List<StepRecord> last = List.of();
        for (int i = 0; i < steps; i++) {
            last = step();
            tokens += last.stream().mapToLong(StepRecord::tokens).sum();
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        ObjectNode answer = Workload.answer().put("seconds", seconds).put("tokens", tokens);
        ArrayNode losses = answer.putArray("losses");
        last.forEach(record -> losses.add(record.loss()));
        return answer;
    }

    /** The bytes of the weights of what is trained, written into {@code folder}. */
    @Override
    public ObjectNode write(JsonNode request) {
        return Workload.answer()
                .put(
                        "bytes",
                        Objects.requireNonNull(base)
                                .write(Path.of(request.path("folder").asText())));
    }

    /** Lets one step happen; gives a record per adapter. */
    private List<StepRecord> step() {
        permits.release();
        List<StepRecord> records = new ArrayList<>();
        try {
            while (records.size() < tasks) {
                Object event = events.take();
                if (event instanceof Throwable failure) {
                    throw new IllegalStateException("the training has failed", failure);
                }
                records.add((StepRecord) event);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return records;
    }

    @Override
    public void close() {
        ends = true;
        permits.release();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
