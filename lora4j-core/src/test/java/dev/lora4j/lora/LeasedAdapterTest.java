package dev.lora4j.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Every operation is one atomic step, so every history of two threads is one of the interleavings of their steps. */
class LeasedAdapterTest {
    /** What one thread does, in order. A step that lets go does so only if its hold succeeded. */
    private enum Step {
        HOLD,
        LET_GO,
        RETIRE
    }

    @Test
    void inEveryInterleavingItIsFreedOnceAndNeverWhileHeld() {
        List<Step> reader = List.of(Step.HOLD, Step.LET_GO, Step.HOLD, Step.LET_GO);
        List<Step> owner = List.of(Step.HOLD, Step.RETIRE, Step.LET_GO);
        int interleavings = 0;
        try (LanguageModel model = SmallModel.open()) {
            for (long choice = 0; choice < 1L << 7; choice++) {
                if (Long.bitCount(choice) == reader.size()) {
                    interleavings++;
                    run(model, choice, List.of(owner, reader));
                }
            }
        }
        assertThat(interleavings).isEqualTo(35); // 7 over 4
    }

    private static void run(LanguageModel model, long choice, List<List<Step>> threads) {
        AtomicInteger freed = new AtomicInteger();
        try (Scope scope = Scope.open()) {
            LeasedAdapter leased = new LeasedAdapter(
                    new AdapterVersion("a", 1, ""),
                    Adapter.create(model, LoraConfig.rank(1).targets("q_proj"), 1),
                    freed::incrementAndGet);
            int[] next = new int[2];
            List<List<Boolean>> holds = List.of(new ArrayList<>(), new ArrayList<>());
            boolean retired = false;
            for (int i = 0; i < 7; i++) {
                int thread = (int) (choice >> i & 1);
                List<Boolean> own = holds.get(thread);
                switch (threads.get(thread).get(next[thread]++)) {
                    case HOLD -> {
                        boolean wasFreed = freed.get() > 0;
                        own.add(leased.hold());
                        assertThat(own.get(own.size() - 1)).isEqualTo(!wasFreed);
                    }
                    case LET_GO -> {
                        if (own.remove(own.size() - 1)) {
                            leased.release();
                        }
                    }
                    case RETIRE -> {
                        retired = true;
                        leased.release();
                    }
                }
                boolean held = holds.stream().anyMatch(list -> list.contains(true));
                assertThat(freed.get()).as("choice %d, step %d", choice, i).isEqualTo(held || !retired ? 0 : 1);
            }
        }
    }
}
