package dev.lora4j.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.formats.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes {@code training-log.jsonl} into each task's output folder: a line per step and per evaluation.
 *
 * <p>A resumed run first drops the lines after its checkpoint, so the file reads like an uninterrupted run's. A log that
 * cannot be written is said once and does not stop the run.
 */
public final class TrainingLog implements TrainingListener {
    /** The file's name in the output folder. */
    public static final String FILE = "training-log.jsonl";

    private static final Logger LOG = LoggerFactory.getLogger(TrainingLog.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private boolean failed;

    @Override
    public void started(TrainingTask task, long step, long totalSteps) {
        task.output().ifPresent(folder -> {
            try {
                keepUpTo(folder.resolve(FILE), step);
            } catch (IOException e) {
                fail(e);
            }
        });
    }

    private static void keepUpTo(Path file, long step) throws IOException {
        List<String> kept = new ArrayList<>();
        if (step > 0 && Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                if (line.endsWith("}") && JSON.readTree(line).path("step").asLong() <= step) {
                    kept.add(line + "\n");
                }
            }
        }
        AtomicFile.writeString(file, String.join("", kept));
    }

    @Override
    public void stepped(TrainingTask task, StepRecord record) {
        ObjectNode line = JSON.createObjectNode();
        line.put("step", record.step());
        line.put("epoch", record.epoch());
        line.put("loss", record.loss());
        line.put("learning_rate", record.learningRate());
        line.put("gradient_norm", record.gradientNorm());
        line.put("tokens", record.tokens());
        line.put("tokens_per_second", Math.round(record.tokensPerSecond() * 10) / 10.0);
        line.put("memory_bytes", record.memoryBytes());
        append(task, line);
    }

    @Override
    public void evaluated(TrainingTask task, EvaluationRecord record) {
        ObjectNode line = JSON.createObjectNode();
        line.put("step", record.step());
        line.put("validation_loss", record.loss());
        record.accuracy().ifPresent(accuracy -> line.put("validation_accuracy", accuracy));
        line.put("best", record.best());
        append(task, line);
    }

    private void append(TrainingTask task, ObjectNode line) {
        task.output().ifPresent(folder -> {
            try {
                Files.writeString(
                        folder.resolve(FILE), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                fail(e);
            }
        });
    }

    private void fail(IOException e) {
        if (!failed) {
            failed = true;
            LOG.warn("{} cannot be written, training goes on without it: {}", FILE, e.toString());
        }
    }
}
