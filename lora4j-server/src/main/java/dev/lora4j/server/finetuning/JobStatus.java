package dev.lora4j.server.finetuning;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How far a job is, with the words of OpenAI's API. */
public enum JobStatus {
    /** Its rows are made into tokens to see whether they can be learned. */
    VALIDATING_FILES,
    /** It waits for its turn. */
    QUEUED,
    /** It trains, or will go on at once after a restart. */
    RUNNING,
    /** Someone stopped it for a while. */
    PAUSED,
    /** Its model is served. */
    SUCCEEDED,
    /** It cannot go on. */
    FAILED,
    /** Someone ended it. */
    CANCELLED;

    /** In SQL: those of jobs that are not at their end. */
    static final String UNFINISHED = list(VALIDATING_FILES, QUEUED, RUNNING, PAUSED);

    /** As the API writes it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Whether it can change no more. */
    public boolean isEnd() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    static String list(JobStatus... some) {
        return Arrays.stream(some).map(status -> "'" + status.word() + "'").collect(Collectors.joining(", ", "(", ")"));
    }
}
