package dev.lora4j.generation;

import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.model.KvCache;
import dev.lora4j.model.KvPages;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Beam search: the texts of the highest Σ log P / lengthᵖ that a model finds with so many beams (transformers' {@code
 * num_beams} with {@code early_stopping=False}; the LoRA paper's decoding of E2E, WebNLG and DART).
 *
 * <p>Each step runs the live beams of all prompts as one batch. Beams of a prompt share the pages of what they have in common.
 * A prompt is done when it has as many texts as beams and its best beam, ended where it is, would not beat the worst of
 * them. Nothing is drawn: the same prompts give the same texts. Borrows the model; safe for any number of threads.
 */
public final class BeamSearch {
    private final LanguageModel model;
    private final BeamSettings settings;

    private BeamSearch(LanguageModel model, BeamSettings settings) {
        this.model = model;
        this.settings = settings;
    }

    /** A search through a decoder. */
    public static BeamSearch of(LanguageModel model, BeamSettings settings) {
        return new BeamSearch(model, settings);
    }

    /**
     * Searches.
     *
     * @param prompts each with its own adapters
     * @return for each prompt the texts it has found, at most as many as beams, the best first
     * @throws GenerationException if the model has no room for a prompt and its new tokens, or computes values that are not
     *     numbers
     */
    public List<List<BeamText>> run(List<Prompt> prompts) {
        for (Prompt prompt : prompts) {
            if ((long) prompt.length() + settings.maxNewTokens() > model.maxPositions()) {
                throw GenerationException.tooLong(prompt, settings.maxNewTokens(), model.maxPositions());
            }
            prompt.requireVocabulary(model.vocabularySize());
        }
        try (KvPages pages = model.newPages()) {
            List<BeamGroup> groups = new ArrayList<>();
            for (Prompt prompt : prompts) {
                BeamGroup group = new BeamGroup(prompt, settings, pages.newCache());
                step(List.of(group)); // reads the prompt
                groups.add(group);
            }
            for (List<BeamGroup> open = open(groups); !open.isEmpty(); open = open(groups)) {
                step(open);
            }
            return groups.stream().map(BeamGroup::end).toList();
        }
    }

    private static List<BeamGroup> open(List<BeamGroup> groups) {
        return groups.stream().filter(group -> !group.live().isEmpty()).toList();
    }

    private void step(List<BeamGroup> groups) {
        List<int[]> tokens = new ArrayList<>();
        List<KvCache> caches = new ArrayList<>();
        for (BeamGroup group : groups) {
            for (BeamGroup.Beam beam : group.live()) {
                tokens.add(beam.next(group.prompt()));
                caches.add(beam.cache());
            }
        }
        List<float[]> logits = logits(groups, tokens, caches);
        int first = 0;
        for (BeamGroup group : groups) {
            int end = first + group.live().size();
            group.advance(logits.subList(first, end));
            first = end;
        }
    }

    /** Of the last token of each beam. */
    private List<float[]> logits(List<BeamGroup> groups, List<int[]> tokens, List<KvCache> caches) {
        try (Scope scope = Scope.open()) {
            TokenBatch batch = TokenBatch.of(tokens);
            int[] lengths = tokens.stream().mapToInt(each -> each.length).toArray();
            Tensor hidden = model.continued(batch, routing(groups, lengths), caches);
            long[] last = new long[lengths.length];
            for (int i = 0; i < last.length; i++) {
                last[i] = (long) batch.sequences().offset(i) + lengths[i] - 1;
            }
            int[] ones = new int[lengths.length];
            Arrays.fill(ones, 1);
            Tensor chosen = hidden.selectRows(Tensor.of(last).to(hidden.device()));
            Tensor logits = model.logits(chosen, routing(groups, ones));
            List<float[]> rows = new ArrayList<>();
            for (int i = 0; i < last.length; i++) {
                float[] row = logits.rows(i, i + 1).toFloats();
                if (!Sampler.isUsable(row)) {
                    throw GenerationException.notNumbers(i, caches.get(i).length());
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /** @param lengths rows of each live beam */
    private static AdapterRouting routing(List<BeamGroup> groups, int[] lengths) {
        List<AdapterRouting.Run> runs = new ArrayList<>();
        int beam = 0;
        long start = 0;
        for (BeamGroup group : groups) {
            long end = start;
            for (int i = 0; i < group.live().size(); i++) {
                end += lengths[beam++];
            }
            AdapterRouting.add(runs, start, end, group.prompt().adapters());
            start = end;
        }
        return AdapterRouting.of(runs);
    }
}
