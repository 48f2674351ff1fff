package dev.lora4j.grammar;

/** Counts steps, so that no grammar takes more time than it may. Confined to one thread. */
final class Work {
    /** Most steps for one token: some tenths of a second. */
    static final int TOKEN_STEPS = 10_000_000;
    /** Most steps to build the automata of one schema. */
    static final int AUTOMATON_STEPS = 20_000_000;

    private final String what;
    private int left;

    Work(String what, int steps) {
        this.what = what;
        this.left = steps;
    }

    static Work ofToken() {
        return new Work("the grammar allows too many ways at once to find the next token in time", TOKEN_STEPS);
    }

    static Work ofSchema() {
        return new Work("the patterns of the schema need too large automata", AUTOMATON_STEPS);
    }

    void step() {
        step(1);
    }

    void step(int steps) {
        left -= steps;
        if (left < 0) {
            throw new GrammarException(what + "; simplify the schema");
        }
    }
}
