package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.model.KvCache;
import dev.lora4j.model.KvPages;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sequences that go on from their pages, against one pass over the whole of each. */
class KvPagesTest {
    private static int[] tokens(long seed, int count) {
        return new Random(seed).ints(count, 3, 60).toArray();
    }

    /** Hidden states of a sequence in one pass, without a cache. */
    private static Tensor whole(LanguageModel model, int[] tokens) {
        return model.hidden(TokenBatch.of(List.of(tokens)), Routing.NONE, Tape.inference());
    }

    private static void assertRows(Tensor found, Tensor whole, int from, int end, String name) {
        assertThat(found.toFloats())
                .as(name)
                .containsExactly(whole.rows(from, end).toFloats(), within(1e-5f));
    }

    /** One that begins, some that go on by a token, one that goes on by several: all in each pass, while pages are added. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "mistral", "gemma3", "gemma3-softcap", "gpt2"})
    void everySequenceOfAPassIsWhatItIsAlone(String name) {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of(name);
                LanguageModel model = golden.model();
                KvPages pages = model.newPages()) {
            int most = Math.min(model.maxPositions(), 60);
            List<int[]> texts = new ArrayList<>();
            List<Tensor> expected = new ArrayList<>();
            List<KvCache> caches = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                texts.add(tokens(i, most));
                expected.add(whole(model, texts.get(i)));
                caches.add(pages.newCache());
            }
            for (int step = 0; ; step++) {
                List<int[]> next = new ArrayList<>();
                List<Integer> members = new ArrayList<>();
                for (int i = 0; i < caches.size(); i++) {
                    int from = caches.get(i).length();
                    int rows = from == 0 ? 1 + 2 * i : i == 2 ? 5 : 1;
                    if (step >= i && from < most) { // each joins a step later
                        members.add(i);
                        next.add(Arrays.copyOfRange(texts.get(i), from, Math.min(most, from + rows)));
                    }
                }
                if (members.isEmpty()) {
                    break;
                }
                try (Scope pass = Scope.open()) {
                    Tensor hidden = model.continued(
                            TokenBatch.of(next),
                            Routing.NONE,
                            members.stream().map(caches::get).toList());
                    int start = 0;
                    for (int j = 0; j < members.size(); j++) {
                        int member = members.get(j);
                        int end = caches.get(member).length();
                        int rows = next.get(j).length;
                        assertRows(
                                hidden.rows(start, start + rows),
                                expected.get(member),
                                end - rows,
                                end,
                                name + " " + member + " at " + end);
                        start += rows;
                    }
                }
            }
            assertThat(caches).allMatch(cache -> cache.length() == most);
        }
    }

    @Test
    void pagesAreGivenBackAndTakenAgain() {
        try (Scope scope = Scope.open();
                Golden golden = Golden.of("llama");
                LanguageModel model = golden.model();
                KvPages pages = model.newPages()) {
            int[] text = tokens(1, 40);
            Tensor expected = whole(model, text);
            for (int time = 0; time < 3; time++) {
                try (KvCache cache = pages.newCache();
                        KvCache other = pages.newCache()) {
                    continued(model, cache, text, 0, 33);
                    continued(model, other, text, 0, 16);
                    assertThat(pages.taken()).isEqualTo(3 + 1);
                    cache.truncate(16);
                    assertThat(pages.taken()).isEqualTo(1 + 1);
                    assertRows(continued(model, other, text, 16, 40), expected, 16, 40, "the other");
                    assertRows(continued(model, cache, text, 16, 17), expected, 16, 17, "after the cut");
                    assertThat(pages.taken()).isEqualTo(2 + 3);
                    assertThatThrownBy(() -> cache.truncate(18)).hasMessageContaining("17 tokens to 18");
                }
                assertThat(pages.taken()).isZero();
            }
        }
    }

    private static Tensor continued(LanguageModel model, KvCache cache, int[] text, int from, int end) {
        return model.continued(
                TokenBatch.of(List.of(Arrays.copyOfRange(text, from, end))), Routing.NONE, List.of(cache));
    }

    @Test
    void cachesOfDifferentPagesAreRefusedTogether() {
        try (Golden golden = Golden.of("llama");
                LanguageModel model = golden.model();
                KvPages some = model.newPages();
                KvPages others = model.newPages()) {
            TokenBatch batch = TokenBatch.of(List.of(new int[] {4}, new int[] {5}));
            List<KvCache> caches = List.of(some.newCache(), others.newCache());
            assertThatThrownBy(() -> model.continued(batch, Routing.NONE, caches))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("same pages");
        }
    }
}
