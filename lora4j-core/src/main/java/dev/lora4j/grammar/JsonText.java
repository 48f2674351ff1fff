package dev.lora4j.grammar;

import java.util.BitSet;
import java.util.List;

/**
 * The parts of JSON that every schema shares.
 *
 * <p>White space is allowed after a bracket that opens, a comma and a colon, and before a colon and a bracket that closes,
 * but nowhere else: nothing, a space, or a line end with up to 40 spaces or tabs. A model that says white space for ever
 * would otherwise keep to every grammar. Numbers have no more digits than every reader of JSON takes.
 */
final class JsonText {
    static final int[] QUOTE = {'"'};
    static final int[] COLON = {':'};
    static final int[] COMMA = {','};
    static final int[] OPEN_OBJECT = {'{'};
    static final int[] CLOSE_OBJECT = {'}'};
    static final int[] OPEN_ARRAY = {'['};
    static final int[] CLOSE_ARRAY = {']'};

    /** White space, or none. */
    static final Frame SPACE = new Frame.Enter(terminal("^( ?|\\r?\\n[ \\t]{0,40})$"), 0);

    static final Rule STRING = settled(
            new Shape.Sequence(List.of(settled(new Shape.Literal(QUOTE)), settled(new Shape.Terminal(Spelling.FREE)))));
    static final Rule INTEGER = terminal("^-?(0|[1-9][0-9]{0,14})$");
    static final Rule NUMBER = terminal("^-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?$");
    static final Rule BOOLEAN = terminal("^(true|false)$");
    static final Rule NULL = terminal("^null$");

    /** Any value. */
    static final Rule ANY = any();
    /** Any object. */
    static final Rule OBJECT = ((Shape.Choice) ANY.shape()).options().get(0);
    /** Any array. */
    static final Rule ARRAY = ((Shape.Choice) ANY.shape()).options().get(1);

    private JsonText() {}

    private static Rule settled(Shape shape) {
        Rule rule = Rule.of(shape);
        Heights.settle(rule);
        return rule;
    }

    private static Rule terminal(String pattern) {
        return settled(new Shape.Terminal(RegexParser.parse(pattern).plain(Work.ofSchema())));
    }

    private static Rule any() {
        Rule any = new Rule();
        Rule object = Rule.of(new Shape.Members(new ObjectRule(List.of(), List.of(), new BitSet(), any)));
        Rule array = Rule.of(new Shape.Items(any, 0, Integer.MAX_VALUE));
        any.define(new Shape.Choice(List.of(object, array, STRING, NUMBER, BOOLEAN, NULL)));
        Heights.settle(any);
        return any;
    }
}
