package dev.lora4j.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lora4j.generation.GenerationBatch;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.Prompt;
import dev.lora4j.generation.TokenListener;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterRouting;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.KvCache;
import dev.lora4j.model.KvOwner;
import dev.lora4j.model.KvPages;
import dev.lora4j.model.KvPrefixes;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.tensor.LowRank;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages that later sequences find again, and those that they must not find. */
class KvPrefixesTest {
    private static final KvOwner BASE = KvOwner.base("a tenant");

    private final Golden golden = Golden.of("llama");
    private final LanguageModel model = golden.model();
    private final Scope scope = Scope.open();
    private final KvPages pages = model.newPages();

    @AfterEach
    void close() {
        pages.close();
        scope.close();
        model.close();
        golden.close();
    }

    private static int[] tokens(long seed, int count) {
        return new Random(seed).ints(count, 3, 60).toArray();
    }

    private static int[] join(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    private Tensor read(KvCache cache, int[] text) {
        int[] rest = Arrays.copyOfRange(text, cache.length(), text.length);
        return model.continued(TokenBatch.of(List.of(rest)), Routing.NONE, List.of(cache));
    }

    /** Reads a text and keeps it. */
    private void known(KvPrefixes prefixes, KvOwner owner, int[] text) {
        try (KvCache cache = prefixes.begin(owner, text)) {
            read(cache, text);
            prefixes.keep(owner, text, cache);
        }
    }

    private static int found(KvPrefixes prefixes, KvOwner owner, int[] text) {
        try (KvCache cache = prefixes.begin(owner, text)) {
            return cache.length();
        }
    }

    /** 1e-5 as for any other way of cutting a text: the same products in sums of other shape. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "mistral", "gemma3", "gpt2"})
    void whatIsReadAfterKnownPagesIsWhatOnePassOverTheWholeGives(String name) {
        try (Golden other = Golden.of(name);
                LanguageModel own = other.model();
                KvPages memory = own.newPages()) {
            KvPrefixes prefixes = new KvPrefixes(memory, 100);
            int[] begin = tokens(1, 35);
            try (KvCache cache = prefixes.begin(BASE, begin)) {
                own.continued(TokenBatch.of(List.of(begin)), Routing.NONE, List.of(cache));
                prefixes.keep(BASE, begin, cache);
            }
            int[] text = join(begin, tokens(2, 10));
            try (KvCache cache = prefixes.begin(BASE, text)) {
                assertThat(cache.length()).isEqualTo(32);
                Tensor hidden = own.continued(
                        TokenBatch.of(List.of(Arrays.copyOfRange(text, 32, 45))), Routing.NONE, List.of(cache));
                Tensor whole = own.hidden(TokenBatch.of(List.of(text)), Routing.NONE, Tape.inference());
                assertThat(hidden.toFloats()).containsExactly(whole.rows(32, 45).toFloats(), within(1e-5f));
            }
        }
    }

    @Test
    void theLastTokenIsAlwaysLeftToBeRead() {
        KvPrefixes prefixes = new KvPrefixes(pages, 100);
        int[] text = tokens(1, 48);
        known(prefixes, BASE, text);
        assertThat(prefixes.pages()).isEqualTo(3);
        assertThat(found(prefixes, BASE, text)).isEqualTo(32);
        assertThat(found(prefixes, BASE, join(text, tokens(2, 1)))).isEqualTo(48);
        assertThat(found(prefixes, BASE, Arrays.copyOf(text, 1))).isZero();
        assertThat(found(prefixes, BASE, Arrays.copyOf(text, 16))).isZero();
        assertThat(found(prefixes, BASE, Arrays.copyOf(text, 17))).isEqualTo(16);
    }

    @Test
    void anotherAdapterAnotherTenantAndAnotherBeginningFindNothing() {
        KvPrefixes prefixes = new KvPrefixes(pages, 100);
        int[] text = tokens(1, 40);
        known(prefixes, BASE, text);
        assertThat(found(prefixes, new KvOwner("digest", "a tenant"), text)).isZero();
        assertThat(found(prefixes, KvOwner.base("another"), text)).isZero();
        int[] changed = text.clone();
        changed[0] = 4 + changed[0] % 50;
        assertThat(changed).isNotEqualTo(text);
        assertThat(found(prefixes, BASE, changed)).isZero();
        assertThat(found(prefixes, BASE, text)).isEqualTo(32);
    }

    /** 31 · 1 + 31 = 31 · 2 + 0: Java's hash of the two pages is the same number. */
    @Test
    void textsOfEqualHashAreNotTakenForEachOther() {
        KvPrefixes prefixes = new KvPrefixes(pages, 100);
        int[] text = tokens(1, 20);
        int[] other = text.clone();
        text[0] = 1;
        text[1] = 31;
        other[0] = 2;
        other[1] = 0;
        assertThat(Arrays.hashCode(Arrays.copyOf(text, 16))).isEqualTo(Arrays.hashCode(Arrays.copyOf(other, 16)));
        known(prefixes, BASE, text);
        assertThat(found(prefixes, BASE, other)).isZero();
    }

    @Test
    void theLeastRecentlyUsedIsGivenUpAndNeverWhatIsHeld() {
        KvPrefixes prefixes = new KvPrefixes(pages, 6);
        int[] first = tokens(1, 33);
        int[] second = tokens(2, 33);
        int[] third = tokens(3, 33);
        known(prefixes, BASE, first);
        known(prefixes, BASE, second);
        assertThat(found(prefixes, BASE, first)).isEqualTo(32); // now the second is the older one
        known(prefixes, BASE, third);
        assertThat(pages.taken()).isLessThanOrEqualTo(6);
        assertThat(found(prefixes, BASE, first)).isEqualTo(32);
        assertThat(found(prefixes, BASE, third)).isEqualTo(32);
        assertThat(found(prefixes, BASE, second))
                .as("its last page went first, what is left is its beginning")
                .isEqualTo(16);
        assertThat(prefixes.evicted()).isEqualTo(1);

        Tensor whole = model.hidden(TokenBatch.of(List.of(first)), Routing.NONE, Tape.inference());
        try (KvCache held = prefixes.begin(BASE, first)) {
            for (int i = 10; i < 20; i++) {
                known(prefixes, BASE, tokens(i, 49)); // four pages each
            }
            assertThat(found(prefixes, BASE, first)).isEqualTo(32);
            assertThat(found(prefixes, BASE, third)).isZero();
            assertThat(read(held, first).toFloats())
                    .containsExactly(whole.rows(32, 33).toFloats(), within(1e-5f));
        }
        assertThat(pages.taken()).isEqualTo(prefixes.pages());
        assertThat(prefixes.unused()).isEqualTo(prefixes.pages());
    }

    @Test
    void pagesWithANumberThatIsNotFiniteAreNotKept() {
        KvPrefixes prefixes = new KvPrefixes(pages, 100);
        int[] text = tokens(1, 50);
        try (Adapter broken = Adapter.create(model, LoraConfig.rank(1).targets("k_proj"), 1);
                KvCache cache = prefixes.begin(BASE, text)) {
            LowRank pair = broken.lowRanks().get("model.layers.1.self_attn.k_proj");
            pair.b().copyFrom(Tensor.repeated(Float.NaN, pair.b().shape()));
            read(cache, Arrays.copyOf(text, 33));
            model.continued(
                    TokenBatch.of(List.of(Arrays.copyOfRange(text, 33, 50))),
                    AdapterRouting.of(broken, 17),
                    List.of(cache));
            prefixes.keep(BASE, text, cache);
        }
        assertThat(found(prefixes, BASE, text)).isEqualTo(32);
        assertThat(prefixes.pages()).isEqualTo(2);
    }

    @Test
    void aSequenceThatNeedsMoreThanTheBudgetGetsIt() {
        KvPrefixes prefixes = new KvPrefixes(pages, 1);
        int[] text = tokens(1, 60);
        Tensor whole = model.hidden(TokenBatch.of(List.of(text)), Routing.NONE, Tape.inference());
        try (KvCache cache = prefixes.begin(BASE, text)) {
            assertThat(read(cache, text).toFloats()).containsExactly(whole.toFloats(), within(1e-5f));
        }
        assertThat(pages.taken()).isZero();
    }

    @Test
    void aSequenceThatGoesBackDoesNotWriteIntoTheOthersPage() {
        KvPrefixes prefixes = new KvPrefixes(pages, 100);
        int[] text = tokens(1, 33);
        known(prefixes, BASE, text);
        int[] other = join(Arrays.copyOf(text, 20), tokens(9, 13));
        Tensor whole = model.hidden(TokenBatch.of(List.of(other)), Routing.NONE, Tape.inference());
        try (KvCache cache = prefixes.begin(BASE, text)) {
            cache.truncate(20);
            assertThat(read(cache, other).toFloats())
                    .containsExactly(whole.rows(20, 33).toFloats(), within(1e-5f));
        }
        Tensor first = model.hidden(TokenBatch.of(List.of(text)), Routing.NONE, Tape.inference());
        try (KvCache cache = prefixes.begin(BASE, text)) {
            assertThat(cache.length()).isEqualTo(32);
            assertThat(read(cache, text).toFloats())
                    .containsExactly(first.rows(32, 33).toFloats(), within(1e-5f));
        }
    }

    private record Answer(List<Integer> tokens, int found) {}

    private Answer answer(GenerationBatch batch, Prompt prompt, int count) {
        List<Integer> heard = new ArrayList<>();
        TokenListener listener = heard::add;
        int number = batch.add(prompt, GenerationSettings.greedy(count), listener);
        int found = batch.found(number);
        while (!batch.isEmpty()) {
            batch.step();
        }
        assertThat(batch.pagesInUse()).isZero();
        return new Answer(heard, found);
    }

    @Test
    void aTurnOfAChatFindsTheTurnsBeforeItAndSaysTheSame() {
        try (GenerationBatch sharing = GenerationBatch.sharing(model, 1000);
                GenerationBatch plain = GenerationBatch.of(model)) {
            int[] text = tokens(5, 10);
            for (int turn = 0; turn < 3; turn++) {
                Prompt prompt = Prompt.of(text);
                Answer alone = answer(plain, prompt, 12);
                Answer again = answer(sharing, prompt.sharedBy(BASE), 12);
                assertThat(again.tokens()).isEqualTo(alone.tokens());
                assertThat(alone.found()).isZero();
                assertThat(again.found())
                        .as("turn %d: all but the last token of the turn before", turn)
                        .isEqualTo(turn == 0 ? 0 : (text.length - 5) / 16 * 16);
                int[] said = again.tokens().stream().mapToInt(Integer::intValue).toArray();
                text = join(join(text, said), tokens(turn, 4));
            }
        }
    }

    /** Where nobody has a scope open, as between two steps of a server. */
    @Test
    void keepingPagesLeavesNothingNativeBehind() {
        try (GenerationBatch sharing = GenerationBatch.sharing(model, 1000)) {
            answer(sharing, Prompt.of(tokens(5, 40)).sharedBy(BASE), 2); // what is made once
            long before = Scope.liveObjects();
            answer(sharing, Prompt.of(tokens(6, 40)).sharedBy(BASE), 2);
            assertThat(sharing.prefixes().orElseThrow().pages()).isEqualTo(4);
            assertThat(Scope.liveObjects()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void aPromptThatSharesWithNobodyKeepsNothing() {
        try (GenerationBatch sharing = GenerationBatch.sharing(model, 1000)) {
            answer(sharing, Prompt.of(tokens(5, 40)), 2);
            assertThat(sharing.prefixes().orElseThrow().pages()).isZero();
            assertThat(answer(sharing, Prompt.of(tokens(5, 40)).sharedBy(BASE), 2)
                            .found())
                    .isZero();
        }
    }
}
