package dev.lora4j.cli;

import dev.lora4j.server.finetuning.FineTuningOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Fine-tuning by request, and how much of the machine it may take; docs/fine-tuning-api.md tells what that means. */
final class ServeTraining {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Fine-tuning by request, with its files, jobs and models in this folder (default: none).")
    private @Nullable Path data;

    @Option(
            names = "--training-jobs",
            paramLabel = "N",
            defaultValue = "2",
            description = "Jobs that train at once (default: ${DEFAULT-VALUE}).")
    private int jobs;

    @Option(
            names = "--training-share",
            paramLabel = "S",
            defaultValue = "0.25",
            description = "Share of the time that all jobs together may compute while requests run; 1 for no limit"
                    + " (default: ${DEFAULT-VALUE}).")
    private double share;

    @Option(
            names = "--training-memory",
            paramLabel = "SIZE",
            defaultValue = "4GB",
            converter = ByteSize.class,
            description = "Memory that all running jobs may take, by estimate (default: ${DEFAULT-VALUE}).")
    private long memory;

    @Option(
            names = "--training-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens that training sends through the model at once: fewer, and requests wait less for"
                    + " it (default: ${DEFAULT-VALUE}).")
    private int tokens;

    @Option(
            names = "--training-row-tokens",
            paramLabel = "N",
            defaultValue = "2048",
            description = "Most tokens of a row to train on (default: ${DEFAULT-VALUE}).")
    private int rowTokens;

    Optional<FineTuningOptions> options() {
        return Optional.ofNullable(data)
                .map(folder -> FineTuningOptions.in(folder)
                        .withJobs(jobs, memory)
                        .withTimeShare(share)
                        .withTokens(tokens, rowTokens));
    }
}
