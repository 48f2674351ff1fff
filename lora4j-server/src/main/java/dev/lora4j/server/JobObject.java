package dev.lora4j.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lora4j.server.finetuning.FineTuningJob;
import dev.lora4j.server.finetuning.FineTuningOptions;
import dev.lora4j.server.finetuning.Hyperparameters;
import dev.lora4j.server.finetuning.JobCheckpoint;
import dev.lora4j.server.finetuning.JobEvent;
import dev.lora4j.server.finetuning.Page;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A fine-tuning job as OpenAI's API writes it, and what belongs to it. */
record JobObject(
        String object,
        String id,
        String model,
        long createdAt,
        @Nullable Long finishedAt,
        @Nullable String fineTunedModel,
        String organizationId,
        List<String> resultFiles,
        String status,
        @Nullable String validationFile,
        String trainingFile,
        Settings hyperparameters,
        @Nullable Long trainedTokens,
        @Nullable Problem error,
        List<String> integrations,
        long seed,
        @Nullable Long estimatedFinish,
        Method method,
        @Nullable Map<String, String> metadata) {

    /** Numbers, or {@code auto}. */
    record Settings(Object nEpochs, Object batchSize, Object learningRateMultiplier) {
        static Settings of(Hyperparameters values) {
            return new Settings(
                    values.epochs().<Object>map(value -> value).orElse("auto"),
                    values.batchSize().<Object>map(value -> value).orElse("auto"),
                    values.learningRateMultiplier().<Object>map(value -> value).orElse("auto"));
        }
    }

    record Method(String type, Supervised supervised) {
        record Supervised(Settings hyperparameters) {}
    }

    record Problem(String code, String message, @Nullable String param) {}

    static JobObject of(FineTuningJob job, OptionalLong estimatedFinish) {
        Settings settings = Settings.of(job.hyperparameters());
        return new JobObject(
                "fine_tuning.job",
                job.id(),
                job.base(),
                job.createdAt(),
                job.finishedAt().orElse(null),
                job.fineTunedModel().orElse(null),
                FineTuningOptions.ORGANIZATION,
                job.resultFile().map(List::of).orElse(List.of()),
                job.status().word(),
                job.validationFile().orElse(null),
                job.trainingFile(),
                settings,
                job.trainedTokens().orElse(null),
                job.error()
                        .map(error -> new Problem(
                                error.code(), error.message(), error.param().orElse(null)))
                        .orElse(null),
                List.of(),
                job.seed(),
                estimatedFinish.isPresent() ? estimatedFinish.getAsLong() : null,
                new Method("supervised", new Method.Supervised(settings)),
                job.metadata().isEmpty() ? null : job.metadata());
    }

    /** Something that happened to a job. */
    record EventObject(
            String object,
            String id,
            long createdAt,
            String level,
            String message,
            String type,
            @Nullable Figures data) {
        /** What was measured; nothing of what was not. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        record Figures(
                long step,
                @Nullable Long totalSteps,
                @Nullable Double trainLoss,
                @Nullable Double fullValidLoss) {}

        static EventObject of(JobEvent event) {
            Figures figures = event.isMetrics()
                    ? new Figures(
                            event.step().orElseThrow(),
                            event.totalSteps().orElse(null),
                            event.kind() == JobEvent.Kind.STEP ? event.loss().orElse(null) : null,
                            event.kind() == JobEvent.Kind.VALIDATION
                                    ? event.loss().orElse(null)
                                    : null)
                    : null;
            return new EventObject(
                    "fine_tuning.job.event",
                    event.id(),
                    event.createdAt(),
                    event.level(),
                    event.message(),
                    event.isMetrics() ? "metrics" : "message",
                    figures);
        }
    }

    /** A model as it was after a step. */
    record CheckpointObject(
            String object,
            String id,
            long createdAt,
            String fineTunedModelCheckpoint,
            String fineTuningJobId,
            Metrics metrics,
            long stepNumber) {
        /** What was measured; nothing of what was not. */
        @JsonInclude(JsonInclude.Include.NON_NULL)
        record Metrics(
                long step,
                @Nullable Double trainLoss,
                @Nullable Double fullValidLoss) {}

        static CheckpointObject of(JobCheckpoint checkpoint) {
            return new CheckpointObject(
                    "fine_tuning.job.checkpoint",
                    checkpoint.id(),
                    checkpoint.createdAt(),
                    checkpoint.modelName(),
                    checkpoint.job(),
                    new Metrics(
                            checkpoint.step(),
                            checkpoint.trainLoss().orElse(null),
                            checkpoint.validationLoss().orElse(null)),
                    checkpoint.step());
        }
    }

    /** A part of a list, with the ids at its ends where the API has them. */
    record ObjectList<T>(
            String object,
            List<T> data,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String firstId,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String lastId,

            boolean hasMore) {
        static <S, T> ObjectList<T> of(Page<S> page, Function<S, T> object) {
            return new ObjectList<>("list", page.data().stream().map(object).toList(), null, null, page.hasMore());
        }

        static ObjectList<CheckpointObject> of(Page<JobCheckpoint> page) {
            List<CheckpointObject> data =
                    page.data().stream().map(CheckpointObject::of).toList();
            return new ObjectList<>(
                    "list",
                    data,
                    data.isEmpty() ? null : data.get(0).id(),
                    data.isEmpty() ? null : data.get(data.size() - 1).id(),
                    page.hasMore());
        }
    }
}
