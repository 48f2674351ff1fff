package dev.lora4j.samples;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The LanguageTool sentences as data sets, split by rule and shuffled once. Immutable.
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
        Collections.shuffle(sentences, new Random(split.seed()));
        return new LanguageToolData(List.copyOf(sentences), split);
    }

    /** The pairs of a part, in an order that depends on the seed of the split only. */
    public List<MarkedSentence> pairs(Part part) {
        return sentences.stream()
                .filter(sentence -> split.partOf(sentence.ruleId()) == part)
                .toList();
    }

    /**
     * Is the sentence right? Both sides of every pair, so that exactly half of the rows are {@link #INCORRECT}.
     *
     * <p>A pair's two rows differ by the mistake and nothing else: topic, length and style cannot give it away. They stand
     * side by side; a trainer that keeps this order has both in one batch, and learns the same in far fewer tokens than
     * one that shuffles rows.
     */
    public List<LabelledText> correctness(Part part) {
        return pairs(part).stream()
                .flatMap(pair -> Stream.of(
                        new LabelledText(pair.wrong(), INCORRECT), new LabelledText(pair.corrected(), CORRECT)))
                .toList();
    }

    /** What kind of mistake does the sentence have? The wrong sides, labelled by {@link MistakeKind}. */
    public List<LabelledText> mistakes(Part part) {
        List<LabelledText> rows = new ArrayList<>();
        for (MarkedSentence pair : pairs(part)) {
            MistakeKind.ofCategory(pair.category())
                    .ifPresent(kind -> rows.add(new LabelledText(pair.wrong(), kind.label())));
        }
        return List.copyOf(rows);
    }

    /**
     * The {@link #mistakes} with the same number of rows of every kind, taking turns.
     *
     * <p>A kind of fewer rows starts again from its first when it runs out, as long as that is asked for.
     *
     * @param rowsPerKind how many rows of each kind
     */
    public List<LabelledText> balancedMistakes(Part part, int rowsPerKind) {
        Map<String, List<LabelledText>> byKind = new TreeMap<>();
        for (LabelledText row : mistakes(part)) {
            byKind.computeIfAbsent(row.label(), label -> new ArrayList<>()).add(row);
        }
        List<LabelledText> rows = new ArrayList<>();
        for (int i = 0; i < rowsPerKind; i++) {
            for (List<LabelledText> ofKind : byKind.values()) {
                rows.add(ofKind.get(i % ofKind.size()));
            }
        }
        return List.copyOf(rows);
    }

    /** Write it right: the wrong side as a request, the corrected side as the answer. */
    public List<Correction> corrections(Part part) {
        return pairs(part).stream().map(Correction::of).toList();
    }
}
