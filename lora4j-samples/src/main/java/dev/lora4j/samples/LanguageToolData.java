package dev.lora4j.samples;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The LanguageTool sentences as data sets, split by rule. Immutable.
 *
 * <p>Three tasks come from the same sentences: is a sentence right ({@link #correctness}), what kind of mistake does it
 * have ({@link #mistakes}), and write it right ({@link #corrections}). The test part of each holds only mistakes whose
 * rules training never saw, and no rule gives more than a dozen sentences, so that none dominates a score.
 */
public final class LanguageToolData {
    /** The label of a right sentence. */
    public static final String CORRECT = "correct";

    /** The label of a sentence with a mistake. */
    public static final String INCORRECT = "incorrect";

    private static final int MAX_PER_RULE = 12;

    private final List<MarkedSentence> sentences;
    private final RuleSplit split;

    private LanguageToolData(List<MarkedSentence> sentences, RuleSplit split) {
        this.sentences = sentences;
        this.split = split;
    }

    /** The sentences on the class path, cleaned, in the default split. */
    public static LanguageToolData load() {
        return of(GrammarSentences.load().cleaned(), RuleSplit.DEFAULT);
    }

    /** Splits cleaned sentences and takes the first dozen of each rule. */
    public static LanguageToolData of(GrammarSentences cleaned, RuleSplit split) {
        List<MarkedSentence> sentences = new ArrayList<>();
        Map<String, Integer> taken = new HashMap<>();
        for (MarkedSentence sentence : cleaned.marked()) {
            if (taken.merge(sentence.ruleId(), 1, Math::addExact) <= MAX_PER_RULE) {
                sentences.add(sentence);
            }
        }
        return new LanguageToolData(List.copyOf(sentences), split);
    }

    /** The pairs of a part, in the order of the rule file. */
    public List<MarkedSentence> pairs(Part part) {
        return sentences.stream()
                .filter(sentence -> split.partOf(sentence.ruleId()) == part)
                .toList();
    }

    /**
     * Is the sentence right? Both sides of every pair, so that exactly half of the rows are {@link #INCORRECT}.
     *
     * <p>A pair's two rows differ by the mistake and nothing else: topic, length and style cannot give it away.
     */
    public List<LabelledText> correctness(Part part) {
        return pairs(part).stream()
                .flatMap(pair -> Stream.of(
                        new LabelledText(pair.wrong(), INCORRECT), new LabelledText(pair.corrected(), CORRECT)))
                .toList();
    }

    /** What kind of mistake does the sentence have? The wrong sides, labelled by {@link MistakeKind}. */
    public List<LabelledText> mistakes(Part part) {
        return pairs(part).stream()
                .flatMap(pair -> MistakeKind.ofCategory(pair.category()).stream()
                        .map(kind -> new LabelledText(pair.wrong(), kind.label())))
                .toList();
    }

    /** Write it right: the wrong side as a request, the corrected side as the answer. */
    public List<Correction> corrections(Part part) {
        return pairs(part).stream().map(Correction::of).toList();
    }
}
