package dev.lora4j.server.finetuning;

import java.nio.file.Path;

/**
 * Where fine-tuning keeps what it has, and how much of the machine it may take; docs/fine-tuning-api.md has the table.
 *
 * @param data folder of the database, the files and the adapters
 * @param jobs that train at once
 * @param timeShare of the time that all jobs together compute while requests run; what is left of it is the requests' alone
 * @param memoryBytes that all running jobs may take by their estimate
 * @param batchTokens that go through the model at once, unless one row alone has more
 * @param rowTokens most tokens of a row
 * @param fileBytes of one file
 * @param allFileBytes of all files
 */
public record FineTuningOptions(
        Path data,
        int jobs,
        double timeShare,
        long memoryBytes,
        int batchTokens,
        int rowTokens,
        long fileBytes,
        long allFileBytes) {
    /** The third part of a fine-tuned model's name. */
    public static final String ORGANIZATION = "lora4j";
    /** Files that are kept. */
    public static final int FILES = 10_000;
    /** Jobs that have not ended; a further one is refused. */
    public static final int UNFINISHED_JOBS = 100;
    /** Checkpoints of a job that are kept and served, the newest. */
    public static final int CHECKPOINTS = 3;
    /** Steps after which there is a checkpoint at the latest; there is one at the end of every epoch. */
    public static final int CHECKPOINT_STEPS = 200;
    /** Characters of a suffix. */
    public static final int SUFFIX_CHARS = 64;
    /** Characters of a file's name. */
    public static final int FILENAME_CHARS = 255;
    /** Pairs of metadata, and the characters of their keys and values, as in OpenAI's API. */
    public static final int METADATA = 16;

    static final int METADATA_KEY_CHARS = 64;
    static final int METADATA_VALUE_CHARS = 512;

    /** Checks what is no good. */
    public FineTuningOptions {
        require(jobs >= 1, "training-jobs", jobs, "1 or more");
        require(timeShare > 0 && timeShare <= 1, "training-share", timeShare, "more than 0 and at most 1");
        require(memoryBytes >= 1, "training-memory", memoryBytes, "1 or more");
        require(batchTokens >= 1, "training-tokens", batchTokens, "1 or more");
        require(rowTokens >= 2, "training-row-tokens", rowTokens, "2 or more");
        require(fileBytes >= 1, "file-bytes", fileBytes, "1 or more");
        require(allFileBytes >= fileBytes, "all-file-bytes", allFileBytes, "as much as one file's or more");
    }

    private static void require(boolean holds, String name, Object found, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + found + ", expected " + expected);
        }
    }

    /** The usual in this folder. */
    public static FineTuningOptions in(Path data) {
        return new FineTuningOptions(data, 2, 0.25, 4_000_000_000L, 128, 2048, 100_000_000L, 4_000_000_000L);
    }

    /** The same with another share of the time while requests run. */
    public FineTuningOptions withTimeShare(double share) {
        return new FineTuningOptions(data, jobs, share, memoryBytes, batchTokens, rowTokens, fileBytes, allFileBytes);
    }

    /** The same with other jobs at once, and memory for them. */
    public FineTuningOptions withJobs(int atOnce, long bytes) {
        return new FineTuningOptions(data, atOnce, timeShare, bytes, batchTokens, rowTokens, fileBytes, allFileBytes);
    }

    /** The same with other numbers of tokens. */
    public FineTuningOptions withTokens(int batch, int row) {
        return new FineTuningOptions(data, jobs, timeShare, memoryBytes, batch, row, fileBytes, allFileBytes);
    }

    /** The same with other sizes of files. */
    public FineTuningOptions withFileBytes(long one, long all) {
        return new FineTuningOptions(data, jobs, timeShare, memoryBytes, batchTokens, rowTokens, one, all);
    }
}
