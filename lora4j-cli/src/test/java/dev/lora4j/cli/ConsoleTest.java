package dev.lora4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private static final Map<String, String> XTERM = Map.of("TERM", "xterm");

    private static String bold(Console.Terminals terminals) {
        PrintStream nothing = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return Console.of(InputStream.nullInputStream(), nothing, nothing, terminals)
                .styled(Console.Style.BOLD, "x");
    }

    @Test
    void resultsOnATerminalAreColoured() {
        assertThat(bold(Console.Terminals.of(",in,out,err", XTERM))).isEqualTo("\u001b[1mx\u001b[0m");
    }

    @Test
    void resultsInAFileAreNot() {
        assertThat(bold(Console.Terminals.of(",in,err", XTERM))).isEqualTo("x");
    }

    @Test
    void noColorIsHonoured() {
        assertThat(bold(Console.Terminals.of(",in,out,err", Map.of("TERM", "xterm", "NO_COLOR", "1"))))
                .isEqualTo("x");
    }
}
