package dev.lora4j.benchmarks;

import dev.lora4j.samples.LanguageToolData;
import dev.lora4j.samples.LanguageToolFiles;
import java.nio.file.Path;

/** Writes LanguageTool's sentences as data files into the folder that it is given. */
public final class SentenceFiles {
    private SentenceFiles() {}

    /** Writes them. */
    public static void main(String[] arguments) {
        LanguageToolFiles.write(LanguageToolData.load(), Path.of(arguments[0]));
    }
}
