package dev.lora4j.generation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopScannerTest {
    @Test
    void holdsBackWhatMayBeginAStopString() {
        StopScanner scanner = new StopScanner(List.of("\n\n", "END"));
        assertThat(scanner.next("one\n")).isEqualTo("one");
        assertThat(scanner.next("two E")).isEqualTo("\ntwo ");
        assertThat(scanner.next("N")).isEmpty();
        assertThat(scanner.next("NUI")).isEqualTo("ENNUI");
        assertThat(scanner.isStopped()).isFalse();
        assertThat(scanner.next(" EN")).isEqualTo(" ");
        assertThat(scanner.next("D of it")).isEmpty();
        assertThat(scanner.isStopped()).isTrue();
        assertThat(scanner.finish()).isEmpty();
    }

    @Test
    void givesWhatItHeldOnceNothingMoreComes() {
        StopScanner scanner = new StopScanner(List.of("END"));
        assertThat(scanner.next("the EN")).isEqualTo("the ");
        assertThat(scanner.finish()).isEqualTo("EN");
        assertThat(scanner.finish()).isEmpty();
    }

    @Test
    void aStopStringThatOverlapsItselfIsFound() {
        StopScanner scanner = new StopScanner(List.of("aab"));
        assertThat(scanner.next("aaa")).isEqualTo("a");
        assertThat(scanner.next("b")).isEmpty();
        assertThat(scanner.isStopped()).isTrue();
    }

    @Test
    void everyCutIntoPiecesGivesTheSameText() {
        String text = "xababcxbx";
        List<String> stops = List.of("abc", "cx", "bcxb");
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                StopScanner scanner = new StopScanner(stops);
                StringBuilder given = new StringBuilder();
                for (String piece :
                        List.of(text.substring(0, first), text.substring(first, second), text.substring(second))) {
                    if (!scanner.isStopped()) {
                        given.append(scanner.next(piece));
                    }
                }
                assertThat(given.toString())
                        .as("cut at %d and %d", first, second)
                        .isEqualTo("xab");
            }
        }
    }

    @Test
    void withoutStopStringsNothingIsHeld() {
        assertThat(new StopScanner(List.of()).next("text")).isEqualTo("text");
    }
}
