package dev.lora4j.grammar;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Where a text is in its grammar: all the ways in which it can go on, each a stack whose top reads, or the empty one.
 *
 * <p>Immutable. Each of the ways can be completed, so a text is a beginning of one that fits as long as there is a way.
 *
 * @param ways without equal ones
 */
record Stacks(List<Stack> ways) {
    /** Most ways at once. */
    static final int MAX_WAYS = 2_000;

    static Stacks of(Rule start) {
        return closed(List.of(Stack.EMPTY.push(new Frame.Enter(start, 0))), Work.ofToken());
    }

    /** Follows all that needs no symbol. */
    static Stacks closed(List<Stack> stacks, Work work) {
        Set<Stack> ways = new LinkedHashSet<>();
        Deque<Stack> open = new ArrayDeque<>(stacks);
        while (!open.isEmpty()) {
            Stack stack = open.pop();
            work.step();
            if (stack.isEmpty() || stack.top().reads()) {
                ways.add(stack);
                if (ways.size() > MAX_WAYS) {
                    throw new GrammarException(
                            "the text can go on in more than " + MAX_WAYS + " ways at once; simplify the schema");
                }
            } else {
                stack.top().expand(stack.below(), open::push);
            }
        }
        return new Stacks(List.copyOf(ways));
    }

    /** Where it is after a symbol; no way at all if the symbol does not fit. */
    Stacks read(int symbol, Work work) {
        Deque<Stack> next = new ArrayDeque<>();
        for (Stack way : ways) {
            if (!way.isEmpty()) {
                work.step();
                way.top().read(symbol, way.below(), next::add);
            }
        }
        return next.isEmpty() ? new Stacks(List.of()) : closed(List.copyOf(next), work);
    }

    /** Whether there is no way. */
    boolean isDead() {
        return ways.isEmpty();
    }

    /** Whether the text may end here. */
    boolean isComplete() {
        return ways.stream()
                .anyMatch(way ->
                        way.isEmpty() || (way.top().mayEnd() && way.below().isEmpty()));
    }

    /** Whether it can only end here. */
    boolean isFinished() {
        return !ways.isEmpty() && ways.stream().allMatch(Stack::isEmpty);
    }
}
