package dev.lora4j.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a text may be.
 *
 * <p>Immutable and thread-safe; belongs to no tokenizer. {@link GrammarCursor} follows a text through it.
 */
public final class Grammar {
    /** Deepest nesting of objects and arrays. */
    static final int MAX_DEPTH = 64;

    private final Rule rule;

    private Grammar(Rule rule) {
        Heights.settle(rule);
        if (!rule.fits(0)) {
            throw new GrammarException("no text fits the schema, or only one that nests deeper than " + MAX_DEPTH);
        }
        this.rule = rule;
    }

    private static Grammar of(Shape shape) {
        return new Grammar(Rule.of(shape));
    }

    /**
     * A value that fits a JSON Schema; docs/serving.md tells which keywords are held.
     *
     * @throws GrammarException if the schema is not valid, or has something that cannot be held
     */
    public static Grammar jsonSchema(JsonNode schema) {
        return new Grammar(SchemaCompiler.compile(schema));
    }

    /** Any object of JSON. */
    public static Grammar jsonObject() {
        return new Grammar(JsonText.OBJECT);
    }

    /** This text. */
    public static Grammar text(String text) {
        return of(new Shape.Literal(TokenTrie.symbols(text.getBytes(StandardCharsets.UTF_8))));
    }

    /** This special token, which is no text. */
    public static Grammar special(int token) {
        return of(new Shape.Literal(new int[] {TokenTrie.special(token)}));
    }

    /** One after the other. */
    public static Grammar sequence(List<Grammar> parts) {
        return of(new Shape.Sequence(parts.stream().map(Grammar::rule).toList()));
    }

    /** Any one of them. */
    public static Grammar either(List<Grammar> options) {
        return of(new Shape.Choice(options.stream().map(Grammar::rule).toList()));
    }

    /** One, or several of them between separators. */
    public static Grammar list(Grammar item, Grammar separator) {
        Rule rest = new Rule();
        Rule end = Rule.of(new Shape.Literal(new int[0]));
        Rule more = Rule.of(new Shape.Sequence(List.of(separator.rule, item.rule, rest)));
        rest.define(new Shape.Choice(List.of(end, more)));
        return of(new Shape.Sequence(List.of(item.rule, rest)));
    }

    /**
     * Any text, in which each occurrence of a text is followed by something that keeps to a grammar.
     *
     * @param trigger a text
     */
    public static Grammar free(String trigger, Grammar then) {
        return of(new Shape.Free(new Trigger(TokenTrie.symbols(trigger.getBytes(StandardCharsets.UTF_8)), then.rule)));
    }

    /** The same where the trigger is a special token. */
    public static Grammar free(int trigger, Grammar then) {
        return of(new Shape.Free(new Trigger(new int[] {TokenTrie.special(trigger)}, then.rule)));
    }

    /** Any text but one whose first character, after white space, is this ASCII one. */
    public static Grammar freeUnless(char first) {
        String other = String.format("^[ \\n\\r\\t]*[^ \\n\\r\\t\\x%02x]$", (int) first);
        Rule begin = Rule.of(new Shape.Terminal(RegexParser.parse(other).plain(Work.ofSchema())));
        Rule none = Rule.of(new Shape.Choice(List.of()));
        Rule rest = Rule.of(new Shape.Free(new Trigger(new int[] {-1}, none))); // no symbol is −1
        Rule empty = Rule.of(new Shape.Literal(new int[0]));
        return of(new Shape.Choice(List.of(empty, Rule.of(new Shape.Sequence(List.of(begin, rest))))));
    }

    Rule rule() {
        return rule;
    }

    /** Whether a whole text fits. */
    public boolean matches(String text) {
        Stacks place = Stacks.of(rule);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            place = place.read(each & 0xff, Work.ofToken());
        }
        return place.isComplete();
    }
}
