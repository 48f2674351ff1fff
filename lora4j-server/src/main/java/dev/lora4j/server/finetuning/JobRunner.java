package dev.lora4j.server.finetuning;

import dev.lora4j.formats.DiskFullException;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.tensor.BriefThread;
import dev.lora4j.training.TrainingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that jobs run on: one that looks at the rows of new jobs, and as many as may train at once.
 *
 * <p>They live as long as this, so that what the native library keeps per thread does not grow with the jobs. Jobs run in
 * the order in which they came; those that ran when the process ended come first. Safe for any number of threads.
 */
final class JobRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    /** Time for the step that runs, and its checkpoint, when the server stops. */
    private static final Duration LAST_STEP = Duration.ofSeconds(20);
    /** Time before a job is tried again whose state cannot be written, as on a full disk. */
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final JobStore store;
    private final JobTraining training;
    private final TrainingTurn turn;
    private final String fingerprint;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, ActiveJob> active = new HashMap<>(); // guarded by this
    private boolean closed; // guarded by this
    private long news; // guarded by this: how often there may have been something to do

    JobRunner(JobStore store, JobTraining training, TrainingTurn turn, String fingerprint) {
        this.store = store;
        this.training = training;
        this.turn = turn;
        this.fingerprint = fingerprint;
    }

    void start(int jobs) {
        begin("job-files", this::validateNext);
        for (int i = 1; i <= jobs; i++) {
            begin("job-" + i, this::runNext);
        }
    }

    /** Does one thing, or finds nothing to do. */
    @FunctionalInterface
    private interface Task {
        boolean attempt() throws InterruptedException;
    }

    private void begin(String name, Task task) {
        Thread thread = new Thread(() -> loop(task), name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void loop(Task task) {
        try {
            while (awaitWork(task)) {
                // the next
            }
        } catch (InterruptedException e) {
            LOG.debug("{} ends", Thread.currentThread().getName());
        }
    }

    /** False once there is to be no more. */
    private boolean awaitWork(Task task) throws InterruptedException {
        long seen = news();
        try {
            if (task.attempt()) {
                return true;
            }
        } catch (RuntimeException | Error e) {
            LOG.error("{} failed", Thread.currentThread().getName(), e);
            Thread.sleep(RETRY.toMillis());
        }
        synchronized (this) {
            while (!closed && news == seen) {
                wait();
            }
            return !closed;
        }
    }

    private synchronized long news() {
        return news;
    }

    /** There may be something to do. */
    synchronized void wake() {
        news++;
        notifyAll();
    }

    private boolean validateNext() {
        Optional<FineTuningJob> next =
                store.inState(fingerprint, JobStatus.VALIDATING_FILES).stream().findFirst();
        if (next.isEmpty() || isClosed()) {
            return false;
        }
        FineTuningJob job = next.get();
        try {
            training.validate(job);
            store.move(
                    job.id(),
                    Set.of(JobStatus.VALIDATING_FILES),
                    JobStatus.QUEUED,
                    "Files validated, moving job to queued state");
        } catch (JobTraining.JobFailedException e) {
            store.fail(job.id(), e.failure());
        } catch (RuntimeException | Error e) {
            LOG.error("the files of job {} cannot be looked at", job.id(), e);
            store.fail(job.id(), failure(e));
        }
        wake();
        return true;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private boolean runNext() throws InterruptedException {
        Optional<FineTuningJob> taken = take();
        if (taken.isEmpty()) {
            return false;
        }
        FineTuningJob job = taken.get();
        try {
            BriefThread.call(() -> withSign(job));
            if (Thread.interrupted()) {
                throw new InterruptedException("job " + job.id() + " was interrupted");
            }
        } finally {
            synchronized (this) {
                active.remove(job.id());
                wake();
            }
        }
        return true;
    }

    /** Runs the job; what interrupted it stays as the thread's sign. */
    private FineTuningJob withSign(FineTuningJob job) {
        try {
            run(job);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return job;
    }

    private synchronized Optional<FineTuningJob> take() {
        if (closed) {
            return Optional.empty();
        }
        List<FineTuningJob> waiting = new ArrayList<>(store.inState(fingerprint, JobStatus.RUNNING));
        waiting.addAll(store.inState(fingerprint, JobStatus.QUEUED));
        Optional<FineTuningJob> next =
                waiting.stream().filter(job -> !active.containsKey(job.id())).findFirst();
        next.ifPresent(job -> active.put(job.id(), new ActiveJob(turn)));
        return next;
    }

    private void run(FineTuningJob job) throws InterruptedException {
        if (job.status() == JobStatus.QUEUED
                && !store.move(job.id(), Set.of(JobStatus.QUEUED), JobStatus.RUNNING, "Fine-tuning job started")) {
            return; // cancelled or paused meanwhile
        }
        try {
            boolean done = training.run(job, activeJob(job.id()));
            LOG.info("job {} {}", job.id(), done ? "has succeeded" : "has stopped");
        } catch (ActiveJob.AbandonedException e) {
            LOG.info("job {} was ended", job.id());
        } catch (JobTraining.JobFailedException e) {
            store.fail(job.id(), e.failure());
        } catch (Lora4jException e) {
            LOG.warn("job {} failed: {}", job.id(), e.getMessage(), e);
            store.fail(job.id(), failure(e));
        } catch (RuntimeException | Error e) {
            LOG.error("job {} failed", job.id(), e);
            store.fail(job.id(), failure(e));
            throw e;
        }
    }

    /** Where the server keeps its files is nobody's business. */
    private static FineTuningJob.Failure failure(Throwable cause) {
        if (cause instanceof TrainingException) {
            String problem = String.valueOf(cause.getMessage()).replaceAll("^\\S*[/\\\\]\\S*: ", "");
            return new FineTuningJob.Failure("training_failed", "Training failed: " + problem, Optional.empty());
        }
        String problem = cause instanceof DiskFullException
                ? "The server's disk is full"
                : "The server had an error while running the job";
        return new FineTuningJob.Failure("server_error", problem, Optional.empty());
    }

    private synchronized ActiveJob activeJob(String id) {
        return Optional.ofNullable(active.get(id)).orElseThrow();
    }

    /** The job as it runs here now. */
    synchronized Optional<ActiveJob> active(String id) {
        return Optional.ofNullable(active.get(id));
    }

    /** Begins nothing more, and lets the steps that run end, each with a checkpoint. */
    synchronized void stop() {
        closed = true;
        active.values().forEach(ActiveJob::stop);
        notifyAll();
    }

    /** Waits for the steps that run; one that takes too long is lost. */
    @Override
    public void close() {
        stop();
        long end = System.nanoTime() + LAST_STEP.toNanos();
        try {
            for (Thread thread : threads) {
                long left = (end - System.nanoTime()) / 1_000_000;
                thread.join(Math.max(1, left));
            }
            synchronized (this) {
                active.values().forEach(ActiveJob::abandon);
            }
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
