package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final AtomicLong clock = new AtomicLong();

    private ProgressLine line(boolean terminal, ProgressLine.Unit unit) {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Console.Terminals terminals = new Console.Terminals(false, false, terminal, terminal);
        return ProgressLine.of(Console.of(InputStream.nullInputStream(), stream, stream, terminals), unit, clock::get);
    }

    private void wait(double seconds) {
        clock.addAndGet((long) (seconds * 1e9));
    }

    @Test
    void aTerminalSeesOneLineRedrawnWithRateAndTimeLeft() {
        try (ProgressLine line = line(true, ProgressLine.Unit.BYTES)) {
            line.begin(0);
            wait(2);
            line.advance("weights", 4_000_000, 10_000_000, "");
            wait(0.1);
            line.advance("weights", 4_100_000, 10_000_000, "");
        }
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("\r\u001b[Kweights  4.0 MB of 10.0 MB (40 %)  2.0 MB/s  0:03 left\n");
    }

    @Test
    void aFileGetsALinePerInterval() {
        try (ProgressLine line = line(false, ProgressLine.Unit.STEPS)) {
            line.begin(0);
            for (int step = 1; step <= 40; step++) {
                wait(1);
                line.advance("step", step, 40, "loss 2");
            }
        }
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "step  1 of 40 (2 %)  1.00/s  0:39 left  loss 2",
                        "step  11 of 40 (27 %)  1.00/s  0:29 left  loss 2",
                        "step  21 of 40 (52 %)  1.00/s  0:19 left  loss 2",
                        "step  31 of 40 (77 %)  1.00/s  0:09 left  loss 2",
                        "step  40 of 40 (100 %)  1.00/s  loss 2");
    }

    @Test
    void workDoneBeforeDoesNotCountForTheRate() {
        try (ProgressLine line = line(false, ProgressLine.Unit.STEPS)) {
            line.begin(90);
            wait(10);
            line.advance("step", 95, 100, "");
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("0.50/s  0:10 left");
    }
}
