package dev.lora4j.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Masks against the definition: a token is allowed if its bytes, read one by one, leave a way to go on. */
class TokenMasksTest {
    private static final long SEED = 7;

    private static BitSet slowly(Stacks place, List<byte[]> tokens) {
        BitSet allowed = new BitSet();
        for (int token = 0; token < tokens.size(); token++) {
            Stacks next = place;
            for (byte each : tokens.get(token)) {
                next = next.read(each & 0xff, Work.ofToken());
            }
            allowed.set(token, !next.isDead());
        }
        return allowed;
    }

    @Test
    void masksAreThoseOfReadingEachTokenByItself() {
        Random random = new Random(SEED);
        List<byte[]> tokens = Vocabularies.pieces(SEED);
        TokenMasks masks = Vocabularies.masks(tokens);
        for (int i = 0; i < 60; i++) {
            Stacks place = Stacks.of(
                    Grammar.jsonSchema(new RandomSchema(random).next(2).schema())
                            .rule());
            for (int step = 0; step < 25 && !place.isFinished(); step++) {
                BitSet allowed = masks.allowed(place);
                assertThat(allowed)
                        .as("seed %d, case %d, step %d", SEED, i, step)
                        .isEqualTo(slowly(place, tokens));
                int[] choices = allowed.stream().toArray();
                for (byte each : tokens.get(choices[random.nextInt(choices.length)])) {
                    place = place.read(each & 0xff, Work.ofToken());
                }
            }
        }
    }

    @Test
    void tokensWithTheSameBytesAreAllAllowed() {
        List<byte[]> tokens = List.of(bytes("{"), bytes("{"), bytes("}"), bytes("{"), bytes("{}"));
        GrammarCursor cursor = GrammarCursor.of(Grammar.jsonObject(), Vocabularies.masks(tokens));
        assertThat(cursor.allowed().stream()).containsExactly(0, 1, 3, 4);
        cursor.accept(1);
        assertThat(cursor.allowed().stream()).containsExactly(2);
        cursor.accept(2);
        assertThat(cursor.isFinished()).isTrue();
    }

    @Test
    void aTokenThatIsNotAllowedIsRefused() {
        GrammarCursor cursor =
                GrammarCursor.of(Grammar.jsonObject(), Vocabularies.masks(List.of(bytes("{"), bytes("]"))));
        cursor.accept(0);
        assertThatThrownBy(() -> cursor.accept(1)).isInstanceOf(GrammarException.class);
        assertThat(cursor.allowed().stream()).as("} cannot be spelled").isEmpty();
    }

    @Test
    void aSpaceThatDecodingLeavesOutMayComeFirst() {
        List<byte[]> tokens = List.of(bytes(" {"), bytes("{"), bytes(" "), bytes("}"));
        TokenMasks masks = TokenMasks.of(4, tokens::get, token -> false, true);
        GrammarCursor cursor = GrammarCursor.of(Grammar.text("{}"), masks);
        assertThat(cursor.allowed().stream()).containsExactly(0, 1, 2);
        cursor.accept(2);
        assertThat(cursor.allowed().stream()).containsExactly(1);
    }

    @Test
    void freeTextIsHeldAfterItsTrigger() {
        List<byte[]> tokens = Vocabularies.pieces(SEED, "<call>", "<ca", "ll>{");
        TokenMasks masks = Vocabularies.masks(tokens);
        Grammar grammar = Grammar.free("<call>", Grammar.sequence(List.of(Grammar.jsonObject(), Grammar.text("!"))));
        assertThat(grammar.matches("any < text <cal")).isTrue();
        assertThat(grammar.matches("text<call>{}! and more <call>{\"a\": 1}!")).isTrue();
        assertThat(grammar.matches("text<call>{}")).isFalse();
        assertThat(grammar.matches("text<<call>x")).isFalse();
        GrammarCursor cursor = GrammarCursor.of(grammar, masks);
        cursor.accept('x');
        assertThat(cursor.isComplete()).isTrue();
        cursor.accept(indexOf("<ca", tokens));
        assertThat(cursor.allowed()).isEqualTo(slowly(grammar, "x<ca", tokens));
        for (char each : "ll>".toCharArray()) {
            cursor.accept(each);
        }
        assertThat(cursor.isComplete()).isFalse();
        assertThat(cursor.allowed()).isEqualTo(slowly(grammar, "x<call>", tokens));
    }

    private static BitSet slowly(Grammar grammar, String text, List<byte[]> tokens) {
        Stacks place = Stacks.of(grammar.rule());
        for (byte each : bytes(text)) {
            place = place.read(each & 0xff, Work.ofToken());
        }
        return slowly(place, tokens);
    }

    private static int indexOf(String text, List<byte[]> tokens) {
        for (int i = 0; i < tokens.size(); i++) {
            if (Arrays.equals(bytes(text), tokens.get(i))) {
                return i;
            }
        }
        throw new AssertionError(text);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
