package dev.lora4j.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrammarSentencesTest {
    private static final String RULES = """
            <!DOCTYPE rules [ <!ENTITY who "she"> ]>
            <rules lang="en">
              <category id="GRAMMAR" name="Grammar">
                <rulegroup id="AGREEMENT" name="agreement">
                  <antipattern><token>x</token><example>Let him   go
                    home.</example></antipattern>
                  <rule>
                    <message>Did you mean <suggestion>goes</suggestion>?</message>
                    <example correction="goes|went">Here &who; <marker>go</marker> home.</example>
                    <example>They <marker>go</marker> home.</example>
                  </rule>
                  <rule>
                    <example correction="">An <marker>unhelpful</marker> rule.</example>
                    <example type="triggers_error">A known fault.</example>
                    <example type="correct">All is well.</example>
                  </rule>
                </rulegroup>
              </category>
              <category id="TYPOS" name="Typos">
                <rule id="FEE_FREE">
                  <example correction="free">It is <!-- not what it costs --><marker>fee</marker>, isn't it?</example>
                </rule>
              </category>
            </rules>
            """;

    @Test
    void readsPairsWithTheFirstCorrectionInPlaceOfTheMarker() {
        assertThat(read(RULES).marked())
                .containsExactly(
                        new MarkedSentence("AGREEMENT", "GRAMMAR", "Here she go home.", "Here she goes home."),
                        new MarkedSentence("FEE_FREE", "TYPOS", "It is fee, isn't it?", "It is free, isn't it?"));
    }

    @Test
    void readsCorrectSentencesOfRulesAndAntipatterns() {
        assertThat(read(RULES).correct())
                .containsExactly(
                        new CorrectSentence("AGREEMENT", "GRAMMAR", "Let him go home."),
                        new CorrectSentence("AGREEMENT", "GRAMMAR", "They go home."),
                        new CorrectSentence("AGREEMENT", "GRAMMAR", "All is well."));
    }

    @Test
    void neverReadsAnExternalEntity(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret.txt"), "the secret");
        String rules = RULES.replace("\"she\"", "SYSTEM \"" + secret.toUri() + "\"");
        assertThat(sentencesOrError(rules)).doesNotContain("the secret");
    }

    @Test
    void neverReadsAnExternalDtd(@TempDir Path folder) throws IOException {
        Path dtd = Files.writeString(folder.resolve("rules.dtd"), "<!ENTITY who \"the secret\">");
        String rules = RULES.replace("rules [ <!ENTITY who \"she\"> ]", "rules SYSTEM \"" + dtd.toUri() + "\"");
        assertThat(sentencesOrError(rules)).doesNotContain("the secret");
    }

    @Test
    void refusesEntitiesThatExpandWithoutEnd() {
        String bomb = "<!ENTITY a \"xxxxxxxxxx\">" + "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
                + "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY who \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">";
        String rules = RULES.replace("<!ENTITY who \"she\">", bomb);
        assertThatThrownBy(() -> read(rules))
                .isInstanceOf(SampleDataException.class)
                .hasMessageContaining("snippet.xml is not a readable rule file");
    }

    @Test
    void namesTheLineOfARuleWithoutAnId() {
        assertThatThrownBy(() -> read(RULES.replace(" id=\"FEE_FREE\"", "")))
                .isInstanceOf(SampleDataException.class)
                .hasMessage("snippet.xml, line 20: <rule> has no id");
    }

    @Test
    void refusesAFileThatBreaksOff() {
        assertThatThrownBy(() -> read(RULES.substring(0, RULES.indexOf("They"))))
                .isInstanceOf(SampleDataException.class)
                .hasMessageStartingWith("snippet.xml is not a readable rule file: ");
    }

    private static GrammarSentences read(String rules) {
        return GrammarSentences.read(new ByteArrayInputStream(rules.getBytes(StandardCharsets.UTF_8)), "snippet.xml");
    }

    private static String sentencesOrError(String rules) {
        try {
            return read(rules).toString();
        } catch (SampleDataException e) {
            return e.toString();
        }
    }
}
