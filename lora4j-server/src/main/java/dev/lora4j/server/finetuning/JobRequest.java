package dev.lora4j.server.finetuning;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A job as a client wants it.
 *
 * @param model to begin with, which must be the base
 * @param trainingFile a file's id
 * @param validationFile a file's id
 * @param suffix a part of the new model's name
 * @param seed of the fresh adapter, the order of rows and dropout; by default one is drawn
 * @param metadata that comes back with the job
 */
public record JobRequest(
        String model,
        String trainingFile,
        Optional<String> validationFile,
        Optional<String> suffix,
        OptionalLong seed,
        Map<String, String> metadata,
        Hyperparameters hyperparameters) {
    /** Copies the metadata, in its order. */
    public JobRequest {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** With everything by itself. */
    public static JobRequest of(String model, String trainingFile) {
        return new JobRequest(
                model,
                trainingFile,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Map.of(),
                Hyperparameters.auto());
    }
}
