package dev.lora4j.template;

/**
 * What one template may use, so that a hostile one ends in an error and not in an outage.
 *
 * <p>Real templates are below 64 KiB, nest below 40 and take some hundred steps per message.
 */
final class Limits {
    /** Length of a template in chars. */
    static final int TEMPLATE_CHARS = 1 << 19;

    /** Nesting of expressions and blocks that the parser accepts. */
    static final int PARSE_DEPTH = 150;

    /** Nesting of evaluated nodes; a macro call costs about eight. */
    static final int RENDER_DEPTH = 800;

    /** Evaluated nodes, loop rounds and list items of one rendering. */
    static final long STEPS = 2_000_000;

    /** Chars that reading a text counts as one step. */
    static final int CHARS_PER_STEP = 64;

    /** Items that reading a list or dict counts as one step. */
    static final int ITEMS_PER_STEP = 8;

    /** Length up to which looking for a text costs no more than reading. */
    static final int SHORT_SEARCH = 16;

    /** Chars that looking for a longer text may compare in one step. */
    static final int COMPARED_PER_STEP = 1024;

    /** Length of any single text, and of the whole output, in chars. */
    static final int TEXT_CHARS = 1 << 24;

    /** Sum of the lengths of all texts that one rendering builds, in chars. */
    static final long BUILT_CHARS = 1L << 26;

    /** Numbers in one {@code range(...)}, as in Jinja's sandbox, and items of a list that is built at once. */
    static final int RANGE_ITEMS = 100_000;

    /** Nesting of the variables that a caller passes. */
    static final int VARIABLE_DEPTH = 200;

    private Limits() {}
}
