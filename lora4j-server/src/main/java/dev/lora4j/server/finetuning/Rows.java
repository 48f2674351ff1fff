package dev.lora4j.server.finetuning;

import dev.lora4j.formats.Lora4jException;
import java.nio.file.Path;

/** What is wrong with rows, in words for one who has sent them and does not know our files. */
final class Rows {
    private Rows() {}

    /** The problem with {@code line 3} in the place of our name for the file. */
    static String problem(Path file, Lora4jException problem) {
        return String.valueOf(problem.getMessage())
                .replace(file + ": ", "the file ")
                .replace(file.getFileName() + ":", "line ")
                .replaceAll("; (say with|raise) --.*", ""); // options of the command line
    }
}
