package dev.lora4j.grammar;

import java.util.List;

/** What a rule allows. */
sealed interface Shape {
    /** These symbols: bytes, or special tokens as {@link TokenTrie#special}. */
    @SuppressWarnings("ArrayRecordComponent") // never changed, never compared
    record Literal(int[] symbols) implements Shape {}

    /** Whatever the automaton accepts. */
    record Terminal(Dfa dfa) implements Shape {}

    /** One rule after the other. */
    record Sequence(List<Rule> parts) implements Shape {}

    /** Any one of the rules. */
    record Choice(List<Rule> options) implements Shape {}

    /** A string of so many characters (code points). */
    record Text(int min, int max) implements Shape {}

    /** A number within limits. */
    record Numeric(NumberRange range) implements Shape {}

    /** An object of JSON. */
    record Members(ObjectRule object) implements Shape {}

    /** An array of JSON. */
    record Items(Rule item, int min, int max) implements Shape {}

    /** Any text, in which what follows the trigger keeps to a rule; it may end anywhere. Only at the end of a grammar. */
    record Free(Trigger trigger) implements Shape {}
}
