package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.cli.Explanation.Snippet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/lora-explained.md: its Java is what runs here, and prints what stands below it there. */
class LoraExplainedTest {
    private static final Path DOCUMENT = Path.of("../docs/lora-explained.md");
    private static final Path SOURCES = Path.of("src/test/java/dev/lora4j/cli");

    @TempDir
    private Path folder;

    @Test
    void everySnippetOfTheDocumentRunsAndPrintsWhatStandsBelowIt() throws Exception {
        List<Snippet> run = new ArrayList<>();
        run.addAll(snippets(new ExplainedLayer()));
        run.addAll(snippets(new ExplainedCounting(folder.resolve("counting"))));
        run.addAll(snippets(new ExplainedPlan()));
        run.addAll(snippets(new ExplainedRanks()));
        run.addAll(snippets(new ExplainedSentences(folder.resolve("model"))));
        assertThat(Explanation.ofDocument(Files.readAllLines(DOCUMENT))).containsExactlyInAnyOrderElementsOf(run);
    }

    /** Word for word from the source of a chapter, with what each printed in this run. */
    private static List<Snippet> snippets(Chapter chapter) throws Exception {
        chapter.tell();
        Path source = SOURCES.resolve(chapter.getClass().getSimpleName() + ".java");
        return source(source).stream().map(each -> each.with(chapter.printed())).toList();
    }

    private static List<Explanation.Region> source(Path file) throws IOException {
        return Explanation.ofSource(Files.readAllLines(file));
    }
}
