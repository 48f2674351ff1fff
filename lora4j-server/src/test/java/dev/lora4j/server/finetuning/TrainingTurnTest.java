package dev.lora4j.server.finetuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTurnTest {
    private static final Duration WORK = Duration.ofMillis(10);

    private static void work() throws InterruptedException {
        Thread.sleep(WORK.toMillis());
    }

    /** Runs so many jobs of so many turns each. */
    private static void run(TrainingTurn turn, int jobs, int turns, Runnable inTurn) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int job = 0; job < jobs; job++) {
            Thread thread = new Thread(() -> {
                try {
                    for (int i = 0; i < turns; i++) {
                        turn.take(() -> false);
                        inTurn.run();
                        work();
                        turn.end();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5})
    void whileRequestsRunAllJobsTogetherHaveNoMoreThanTheirShare(double share) throws InterruptedException {
        int jobs = 3;
        int turns = 4;
        ConcurrentLinkedQueue<Long> begins = new ConcurrentLinkedQueue<>();
        run(new TrainingTurn(share, () -> true), jobs, turns, () -> begins.add(System.nanoTime()));
        List<Long> order = List.copyOf(begins);
        assertThat(order).hasSize(jobs * turns);
        for (int i = 1; i < order.size(); i++) {
            Duration between = Duration.ofNanos(order.get(i) - order.get(i - 1));
            assertThat(between).as("from turn %d to the next", i).isGreaterThanOrEqualTo(Duration.ofNanos((long)
                    (WORK.toNanos() / share)));
        }
    }

    @Test
    void withoutRequestsNothingIsWaitedFor() throws InterruptedException {
        long begin = System.nanoTime();
        run(new TrainingTurn(0.001, () -> false), 1, 5, () -> {});
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(WORK.multipliedBy(500));
    }

    @Test
    void aWaitEndsWithTheLastRequest() throws InterruptedException {
        AtomicBoolean serving = new AtomicBoolean(true);
        TrainingTurn turn = new TrainingTurn(0.0001, serving::get); // 100 s after a turn of 10 ms
        run(turn, 1, 1, () -> {});
        AtomicBoolean taken = new AtomicBoolean();
        Thread next = new Thread(() -> {
            try {
                turn.take(() -> false);
                taken.set(true);
                turn.end();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        next.start();
        Thread.sleep(50);
        assertThat(taken).isFalse();
        serving.set(false);
        next.join(5000);
        assertThat(taken).isTrue();
    }

    @Test
    void oneThatIsInAHurryWaitsForTheOthersAlone() throws InterruptedException {
        TrainingTurn turn = new TrainingTurn(0.0001, () -> true);
        run(turn, 1, 1, () -> {});
        long begin = System.nanoTime();
        turn.take(() -> true);
        turn.end();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void oneJobComputesAtATimeAndNoneGoesShort() throws InterruptedException {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicLong[] lead = {new AtomicLong(), new AtomicLong()};
        AtomicLong widest = new AtomicLong();
        TrainingTurn turn = new TrainingTurn(1, () -> true);
        List<Thread> threads = new ArrayList<>();
        for (int job = 0; job < 2; job++) {
            int own = job;
            threads.add(new Thread(() -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        turn.take(() -> false);
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        long ahead = lead[own].incrementAndGet() - lead[1 - own].get();
                        if (i > 1 && i < 18) {
                            widest.accumulateAndGet(ahead, Math::max);
                        }
                        Thread.sleep(2);
                        inside.decrementAndGet();
                        turn.end();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(most).hasValue(1);
        assertThat(widest.get()).as("turns that one is ahead of the other").isLessThanOrEqualTo(3);
    }

    @Test
    void whoIsInterruptedWhileHeWaitsHoldsUpNobody() throws InterruptedException {
        TrainingTurn turn = new TrainingTurn(0.0001, () -> true);
        run(turn, 1, 1, () -> {});
        Thread waiting = new Thread(() -> {
            try {
                turn.take(() -> false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.start();
        Thread.sleep(30);
        waiting.interrupt();
        waiting.join();
        turn.take(() -> true);
        turn.end();
    }
}
