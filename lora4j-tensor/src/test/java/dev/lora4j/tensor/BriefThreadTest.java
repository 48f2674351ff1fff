package dev.lora4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class BriefThreadTest {
    @Test
    void givesWhatAnotherThreadMadeOnceThatHasEnded() {
        Thread thread = BriefThread.call(Thread::currentThread);

        assertThat(thread).isNotSameAs(Thread.currentThread());
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void throwsWhatTheWorkThrows() {
        IllegalStateException failure = new IllegalStateException("lost");
        assertThatThrownBy(() -> BriefThread.call(() -> {
                    throw failure;
                }))
                .isSameAs(failure);

        AssertionError error = new AssertionError("worse");
        assertThatThrownBy(() -> BriefThread.call(() -> {
                    throw error;
                }))
                .isSameAs(error);
    }

    @Test
    void interruptsTheWorkOfAnInterruptedCaller() {
        Thread caller = Thread.currentThread();
        String result = BriefThread.call(() -> {
            caller.interrupt();
            try {
                Thread.sleep(60_000);
                return "slept";
            } catch (InterruptedException e) {
                return "woken";
            }
        });

        assertThat(result).isEqualTo("woken");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void leavesTheSignThatTheWorkDidNotTake() {
        BriefThread.call(() -> {
            Thread.currentThread().interrupt();
            return "done";
        });

        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void whatIsKeptInASharedScopeOutlivesTheThread() {
        try (Scope shared = Scope.shared()) {
            Tensor made = BriefThread.call(() -> {
                try (Scope scope = Scope.open()) {
                    return shared.keep(Tensor.of(new float[] {1, 2}, 2));
                }
            });
            assertThat(made.toFloats()).containsExactly(1, 2);
        }
    }
}
