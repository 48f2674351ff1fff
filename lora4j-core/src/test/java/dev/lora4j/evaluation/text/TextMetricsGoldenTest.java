package dev.lora4j.evaluation.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.JsonFile;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Tokens, stems and scores of sacrebleu, rouge-score, NLTK, coco-caption and METEOR 1.5; parity/README.md says which. */
class TextMetricsGoldenTest {
    private static final JsonNode GOLDEN = JsonFile.read(file());
    private static final List<Segment> SEGMENTS = elements(GOLDEN.path("segments"))
            .map(TextMetricsGoldenTest::segment)
            .toList();

    @Test
    void tokensAreThoseOfMteval() {
        compare("mteval_tokens", MtevalTokens::of);
    }

    @Test
    void captionsAreCutAsStanfordsTokenizerCutsThem() {
        compare("caption_tokens", CaptionTokens::of);
    }

    @Test
    void summariesAreCutAndStemmedAsInRougeScore() {
        compare("rouge_tokens", text -> RougeTokens.of(text, true));
    }

    @Test
    void stemsArePortersAsInNltk() {
        SoftAssertions softly = new SoftAssertions();
        for (Map.Entry<String, JsonNode> word : GOLDEN.path("porter").properties()) {
            softly.assertThat(PorterStemmer.stem(word.getKey()))
                    .as(word.getKey())
                    .isEqualTo(word.getValue().asText());
        }
        softly.assertAll();
    }

    @Test
    void englishStemsAreSnowballs() {
        SoftAssertions softly = new SoftAssertions();
        for (Map.Entry<String, JsonNode> word : GOLDEN.path("snowball").properties()) {
            softly.assertThat(EnglishStemmer.stem(word.getKey()))
                    .as(word.getKey())
                    .isEqualTo(word.getValue().asText());
        }
        softly.assertAll();
    }

    @Test
    void meteorIsThatOfItsProgramWithTheSameStagesAndFunctionWords() {
        JsonNode expected = GOLDEN.path("meteor_exact_stem");
        assertThat(new Meteor().score(SEGMENTS))
                .isCloseTo(expected.path("corpus").asDouble(), within(1e-12));
        eachAlone(new Meteor(), expected.path("segments"), 1);
    }

    @Test
    void bleuIsSacrebleus() {
        assertThat(100 * Bleu.sacrebleu().score(SEGMENTS)).isCloseTo(number("bleu"), within(1e-10));
        assertThat(100 * Bleu.sacrebleuLowercase().score(SEGMENTS)).isCloseTo(number("bleu_lowercase"), within(1e-10));
    }

    @Test
    void bleuOfSingleTextsIsSmoothedAsSacrebleuDoes() {
        eachAlone(Bleu.sacrebleu(), GOLDEN.path("bleu_first_ten"), 100);
    }

    @Test
    void mtevalsBleuIsSacrebleusInSmallLettersWhereAllOrdersMatch() {
        List<Segment> plain = SEGMENTS.subList(0, 4); // no capitals but A to Z, no empty text
        assertThat(Bleu.mteval().score(plain))
                .isCloseTo(Bleu.sacrebleuLowercase().score(plain), within(1e-15));
    }

    @Test
    void terIsSacrebleus() {
        assertThat(100 * new Ter().score(SEGMENTS)).isCloseTo(number("ter"), within(1e-10));
        eachAlone(new Ter(), GOLDEN.path("ter_segments"), 100);
    }

    @Test
    void rougeLOfCaptionsIsThatOfCocoCaption() {
        JsonNode expected = GOLDEN.path("coco").path("rouge_l");
        assertThat(new CaptionRougeL().score(SEGMENTS))
                .isCloseTo(expected.path("score").asDouble(), within(1e-12));
        eachAlone(new CaptionRougeL(), expected.path("segments"), 1);
    }

    @Test
    void ciderIsThatOfCocoCaption() {
        assertThat(new Cider().score(SEGMENTS))
                .isCloseTo(GOLDEN.path("coco").path("cider").path("score").asDouble(), within(1e-12));
    }

    @Test
    void nistOfSingleReferencesIsThatOfNltk() {
        List<Segment> first = SEGMENTS.subList(0, 8).stream()
                .map(segment ->
                        new Segment(segment.candidate(), segment.references().subList(0, 1)))
                .toList();
        assertThat(new Nist().score(first)).isCloseTo(number("nist_single_reference_of_first_eight"), within(1e-12));
    }

    @Test
    void rougeIsThatOfRougeScore() {
        for (boolean stemmed : new boolean[] {false, true}) {
            String ending = stemmed ? "-stem" : "";
            eachAlone(Rouge.ngrams(1, stemmed), GOLDEN.path("rouge").path("rouge1" + ending), 1);
            eachAlone(Rouge.ngrams(2, stemmed), GOLDEN.path("rouge").path("rouge2" + ending), 1);
            eachAlone(Rouge.longest(stemmed), GOLDEN.path("rouge").path("rougeL" + ending), 1);
        }
    }

    private static void eachAlone(TextMetric metric, JsonNode expected, double scale) {
        assertThat(expected).isNotEmpty();
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < expected.size(); i++) {
            softly.assertThat(scale * metric.score(List.of(SEGMENTS.get(i))))
                    .as("%s of %s", metric.name(), SEGMENTS.get(i))
                    .isCloseTo(expected.path(i).asDouble(), within(1e-10));
        }
        softly.assertAll();
    }

    private static void compare(String name, Function<String, List<String>> tokens) {
        SoftAssertions softly = new SoftAssertions();
        for (Map.Entry<String, JsonNode> text : GOLDEN.path(name).properties()) {
            softly.assertThat(tokens.apply(text.getKey()))
                    .as(text.getKey())
                    .isEqualTo(elements(text.getValue()).map(JsonNode::asText).toList());
        }
        assertThat(GOLDEN.path(name)).isNotEmpty();
        softly.assertAll();
    }

    private static double number(String name) {
        assertThat(GOLDEN.path(name).isNumber()).as(name).isTrue();
        return GOLDEN.path(name).asDouble();
    }

    private static Segment segment(JsonNode node) {
        return new Segment(
                node.path("candidate").asText(),
                elements(node.path("references")).map(JsonNode::asText).toList());
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static Path file() {
        try {
            return Path.of(Objects.requireNonNull(TextMetricsGoldenTest.class.getResource("/golden/text-metrics.json"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
