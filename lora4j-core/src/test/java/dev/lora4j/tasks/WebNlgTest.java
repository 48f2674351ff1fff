package dev.lora4j.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.evaluation.text.Segment;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebNLG's two forms and its parts; the texts are ours. */
class WebNlgTest {
    private static final String SEEN = """
            <?xml version="1.0" encoding="UTF-8"?>
            <benchmark>
              <entries>
                <entry category="Airport" eid="Id1" size="2">
                  <originaltripleset><otriple>Port_X | town | Xtown</otriple></originaltripleset>
                  <modifiedtripleset>
                    <mtriple>Port_X | city | "Xtown, A &amp; B"</mtriple>
                    <mtriple>Xtown | country | Ÿ|Z</mtriple>
                  </modifiedtripleset>
                  <lex comment="good" lid="Id1">Port X is in Xtown, A &amp; B.</lex>
                  <lex comment="toFix" lid="Id2">Port X.</lex>
                  <lex comment="good" lid="Id3">
                    Xtown has Port X.
                  </lex>
                </entry>
                <entry category="City" eid="Id2" size="1">
                  <modifiedtripleset><mtriple>Q | leader | R</mtriple></modifiedtripleset>
                </entry>
              </entries>
            </benchmark>
            """;
    private static final String UNSEEN = """
            <benchmark><entries><entry category="Athlete" eid="Id1" size="1">
              <modifiedtripleset><mtriple>Z | club | FC</mtriple></modifiedtripleset>
              <lex comment="good" lid="Id1">Z plays for FC.</lex></entry></entries></benchmark>
            """;
    private static final TextPrompt AIRPORT = new TextPrompt(
            "Port_X : city : \"Xtown, A & B\" | Xtown : country : Ÿ|Z",
            List.of("Port X is in Xtown, A & B.", "Xtown has Port X."));
    private static final TextPrompt ATHLETE = new TextPrompt("Z : club : FC", List.of("Z plays for FC."));

    @TempDir
    private Path folder;

    @Test
    void xmlIsReadAsItsJsonIs() throws IOException {
        Path file = write("test.xml", SEEN);
        assertThat(WebNlg.read(file, WebNlg.Part.ALL)).containsExactly(AIRPORT);
        assertThat(WebNlg.read(file, WebNlg.Part.UNSEEN)).isEmpty();
    }

    @Test
    void allXmlOfAFolderIsReadInTheOrderOfItsNames() throws IOException {
        write("webnlg/train/2triples/Airport.xml", SEEN);
        Path packed = write("webnlg/train/1triples/Athlete.xml.gz", "");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(UNSEEN.getBytes(StandardCharsets.UTF_8));
        }
        write("webnlg/train/readme.txt", "no XML");
        Path file = WebNlg.trainingFile(folder);
        assertThat(file).isEqualTo(folder.resolve("webnlg").resolve("train"));
        assertThat(WebNlg.read(file, WebNlg.Part.ALL)).containsExactly(ATHLETE, AIRPORT);
        assertThat(WebNlg.read(file, WebNlg.Part.SEEN)).containsExactly(AIRPORT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "<!DOCTYPE benchmark [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><benchmark>&a;</benchmark>"
                        + " ~ is not XML without a document type",
                "<benchmark><entries> ~ is not XML",
                "<html></html> ~ begins with <html>, expected <benchmark>",
                "<benchmark><entry category='City' eid='Id7'><mtriple>a | b</mtriple></entry></benchmark>"
                        + " ~ a triple is \"a | b\", expected a subject, a property and an object",
                "<benchmark><entry eid='Id7'><mtriple>a | b | c</mtriple></entry></benchmark>"
                        + " ~ the entry \"Id7\" of category \"\" has 1 elements <mtriple>, expected a category"
            })
    void xmlOfAnotherKindIsRefused(String text, String message) throws IOException {
        Path file = write("bad.xml", text);
        assertThatThrownBy(() -> WebNlg.read(file, WebNlg.Part.ALL))
                .hasMessageContaining("bad.xml")
                .hasMessageContaining(message);
    }

    @Test
    void xmlMayNotBeDeeperThanTheReleases() throws IOException {
        Path file = write("deep.xml", "<benchmark>" + "<a>".repeat(100) + "</a>".repeat(100) + "</benchmark>");
        assertThatThrownBy(() -> WebNlg.read(file, WebNlg.Part.ALL)).hasMessageContaining("deep.xml");
    }

    @Test
    void eachPartHasScoresOfItsOwn() throws IOException {
        write("webnlg_challenge_2017/test/Airport.xml", SEEN);
        write("webnlg_challenge_2017/test/Athlete.xml", UNSEEN);
        List<TextPrompt> prompts = WebNlg.test(folder);
        assertThat(prompts).containsExactly(AIRPORT, ATHLETE);
        Map<String, Segment> segments = Map.of(
                AIRPORT.prompt(), AIRPORT.answeredBy("port x is in xtown, a & b."),
                ATHLETE.prompt(), ATHLETE.answeredBy("Q"));
        TaskScores scores = WebNlg.score(WebNlg.testFile(folder), segments);
        assertThat(scores.headline()).isEqualTo("BLEU");
        assertThat(scores.values().keySet()).containsExactlyElementsOf(WebNlg.scores());
        assertThat(WebNlg.scores())
                .startsWith("BLEU", "METEOR exact and stem", "TER", "BLEU seen")
                .endsWith("TER unseen")
                .hasSize(9);
        assertThat(scores.values().get("BLEU seen")).isCloseTo(1, within(1e-12)); // small letters are the same
        assertThat(scores.values().get("BLEU unseen")).isZero();
        assertThat(scores.values().get("TER seen")).isZero();
        assertThat(scores.values().get("TER unseen")).isCloseTo(1, within(1e-12)); // 4 edits of 4 words
        // 4 edits; references of (8 + 4) / 2 and of 4 words
        assertThat(scores.values().get("TER")).isCloseTo(0.4, within(1e-12));
        TaskScores one = WebNlg.score(
                WebNlg.testFile(folder), Map.of(AIRPORT.prompt(), AIRPORT.answeredBy("port x is in xtown, a & b.")));
        assertThat(one.values())
                .containsOnlyKeys(
                        "BLEU", "METEOR exact and stem", "TER", "BLEU seen", "METEOR exact and stem seen", "TER seen");
    }

    @Test
    void whatIsNotThereIsNamed() throws IOException {
        assertThatThrownBy(() -> WebNlg.trainingFile(folder))
                .hasMessageContaining(
                        "has no training file; expected one of [train.json, train.xml], as it is or with .gz");
        write("webnlg/dev/readme.txt", "");
        Path dev = WebNlg.validationFile(folder);
        assertThatThrownBy(() -> WebNlg.read(dev, WebNlg.Part.ALL)).hasMessageContaining("has no .xml in it");
        assertThatThrownBy(() -> WebNlg.score(write("test.xml", SEEN), Map.of("a : b : c", ATHLETE.answeredBy("d"))))
                .hasMessageContaining("has no input \"a : b : c\"");
    }

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
        return Files.writeString(file, text);
    }
}
