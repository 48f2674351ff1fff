package dev.lora4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Small files in the form of the paper's E2E, in the words of {@link TinyModel}; {@code zero} is none of them and becomes its
 * start, which the model goes on with {@code one two three four}.
 */
final class E2eFiles {
    /** What the model says by itself to the inputs of the test. */
    static final String OWN_ANSWERS = "MR\toutput\nzero\tone two three four\none\ttwo three four\n";

    private E2eFiles() {}

    /** Eight rows that teach another answer, two inputs with three references in all, and a file to validate on. */
    static Path write(Path folder) throws IOException {
        Path home = Files.createDirectories(folder.resolve("e2e"));
        Files.writeString(home.resolve("train.txt"), "zero||four \n".repeat(8));
        Files.writeString(home.resolve("valid.txt"), "zero||four\none||two\n");
        Files.writeString(home.resolve("test.txt"), "zero||one two three four\nzero||four four\none||two three four\n");
        return folder;
    }
}
