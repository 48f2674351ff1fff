package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
    @TempDir
    Path folder;

    private String model = "";

    @BeforeEach
    void writeModel() throws IOException {
        model = TinyModel.write(folder.resolve("model")).toString();
    }

    private static String words(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    @Test
    void continuesThePromptUpToTheEnd() {
        CliRun run = CliRun.of("generate", "--model", model, "--prompt", "one two");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(words(run.out())).isEqualTo("three four");
    }

    @Test
    void aSchemaThatCannotBeHeldIsRefusedBeforeTheModelIsLoaded() throws IOException {
        Path schema = folder.resolve("schema.json");
        Files.writeString(schema, "{\"type\": \"object\", \"minProperties\": 1}");
        CliRun run = CliRun.of("generate", "-m", "nowhere", "-p", "one", "--json-schema", schema.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("\"minProperties\" cannot be held");
    }

    @Test
    void takesThePromptFromStandardInput() {
        CliRun run = CliRun.withInput("one\n", "generate", "--model", model, "--max-new-tokens", "2");
        assertThat(words(run.out())).isEqualTo("two three");
    }

    @Test
    void answersOfSeveralAdaptersFollowOneAnotherUnderTheirNames() throws IOException {
        String stubborn =
                TinyModel.writeStubbornAdapter(folder.resolve("stubborn")).toString();
        String harmless = TinyModel.writeAdapter(folder.resolve("harmless")).toString();
        CliRun run = CliRun.of(
                "generate", "-m", model, "-a", stubborn, "-a", harmless, "-p", "one", "--max-new-tokens", "3");
        assertThat(run.err()).isEmpty();
        assertThat(words(run.out()))
                .isEqualTo("== " + stubborn + " == four four four == " + harmless + " == two three four");
    }

    @Test
    void resultsForMachinesAreJson() {
        CliRun run = CliRun.of("generate", "--model", model, "--prompt", "two", "--json");
        JsonNode result = run.json().path(0);
        assertThat(words(result.path("text").asText())).isEqualTo("three four");
        assertThat(result.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(result.path("tokens").asInt()).isEqualTo(3);
        assertThat(result.path("prompt_tokens").asInt()).isEqualTo(1);
    }

    /** Greedy is two (0.6) and any other (0.25), 0.15 together; three and the end are 0.4 together. */
    @Test
    void beamsFindWhatTheBestNextWordsMiss() throws IOException {
        String forked = TinyModel.writeForked(folder.resolve("forked")).toString();
        String[] greedy = {"generate", "-m", forked, "-p", "one", "-n", "2"};
        assertThat(words(CliRun.of(greedy).out())).startsWith("two ");
        CliRun run = CliRun.of("generate", "-m", forked, "-p", "one", "-n", "2", "--beams", "2");
        assertThat(run.err()).isEmpty();
        assertThat(words(run.out())).isEqualTo("three");
        JsonNode result = CliRun.of("generate", "-m", forked, "-p", "one", "-n", "2", "--beams", "2", "--json")
                .json()
                .path(0);
        assertThat(words(result.path("text").asText())).isEqualTo("three");
        assertThat(result.path("finish_reason").asText()).isEqualTo("stop");
        assertThat(result.path("tokens").asInt()).isEqualTo(2);
        assertThat(result.path("prompt_tokens").asInt()).isEqualTo(1);
    }

    @Test
    void beamsKeepToTheirOptionsAndToOnesOwnStopTokens() {
        CliRun chat = CliRun.of("generate", "-m", model, "--chat", "-p", "one", "--beams", "2", "--stop-token", "3");
        assertThat(words(chat.out())).isEqualTo("two"); // 3 is three
        CliRun all = CliRun.of("generate", "-m", model, "-p", "one", "--beams", "3");
        assertThat(words(all.out())).isEqualTo("two three four");
    }

    @Test
    void noRunOfWordsOccursTwiceWhereThatIsAskedFor() throws IOException {
        String stubborn =
                TinyModel.writeStubbornAdapter(folder.resolve("stubborn")).toString();
        String[] usual = {"generate", "-m", model, "-a", stubborn, "-p", "one", "-n", "3"};
        assertThat(words(CliRun.of(usual).out())).isEqualTo("four four four");
        CliRun run =
                CliRun.of("generate", "-m", model, "-a", stubborn, "-p", "one", "-n", "3", "--no-repeat-ngram", "2");
        assertThat(words(run.out())).startsWith("four four").isNotEqualTo("four four four");
    }

    @Test
    void whatIsDrawnDoesNotGoWithBeams() {
        String[] args = {"generate", "-m", "nowhere", "-p", "one", "--beams", "2", "-t", "0.5", "--top-k", "3"};
        CliRun run = CliRun.of(args);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("beams, length-penalty and no-repeat-ngram look for the likeliest text")
                .contains("found [temperature, top-k] beside them");
        CliRun stop = CliRun.of("generate", "-m", "nowhere", "-p", "one", "--length-penalty", "2", "--stop", "x");
        assertThat(stop.err()).contains("found [stop] beside them");
        assertThat(CliRun.of("generate", "-m", "nowhere", "-p", "one", "--beams", "0")
                        .err())
                .contains("beams is 0; expected 1 to 256");
    }

    @Test
    void aMessageGoesThroughTheChatTemplate() {
        CliRun run = CliRun.of("generate", "-m", model, "--chat", "--system", "one", "-p", "two", "-n", "1");
        assertThat(words(run.out())).isEqualTo("three");
    }

    @Test
    void aSystemMessageWithoutAChatIsRefused() {
        CliRun run = CliRun.of("generate", "-m", model, "--system", "one", "-p", "two");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("--chat");
    }

    @Test
    void aSettingOutOfRangeIsOneLineThatNamesIt() {
        CliRun run = CliRun.of("generate", "-m", model, "-p", "two", "--top-p", "2");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("top-p is 2");
    }

    @Test
    void aConversationGoesOnUntilExit() throws IOException {
        String stubborn =
                TinyModel.writeStubbornAdapter(folder.resolve("stubborn")).toString();
        CliRun run = CliRun.withInput(
                "one\n/adapter " + stubborn + "\none\n/adapter none\n/reset\nthree\n/exit\nfour\n",
                "chat",
                "-m",
                model,
                "-n",
                "1");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(String::strip)).containsExactly("two", "four", "four");
        assertThat(run.err()).contains(stubborn + " answers", "the base model answers", "forgotten");
    }
}
