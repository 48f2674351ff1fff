package dev.lora4j.grammar;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is still to come, the next on top. Immutable; stacks share their lower parts. */
final class Stack {
    /** Nothing more. */
    static final Stack EMPTY = new Stack(null, null);

    private final @Nullable Frame top;
    private final @Nullable Stack below;
    private final int hash;

    private Stack(@Nullable Frame top, @Nullable Stack below) {
        this.top = top;
        this.below = below;
        this.hash = top == null || below == null ? 1 : 31 * below.hash + top.hashCode();
    }

    Stack push(Frame frame) {
        return new Stack(frame, this);
    }

    /** Pushes all, so that the first is on top. */
    Stack pushAll(List<? extends Frame> frames) {
        Stack stack = this;
        for (int i = frames.size() - 1; i >= 0; i--) {
            stack = stack.push(frames.get(i));
        }
        return stack;
    }

    boolean isEmpty() {
        return top == null;
    }

    Frame top() {
        if (top == null) {
            throw new IllegalStateException("the stack is empty");
        }
        return top;
    }

    Stack below() {
        if (below == null) {
            throw new IllegalStateException("the stack is empty");
        }
        return below;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Stack stack && isLike(stack);
    }

    @SuppressWarnings("ReferenceEquality") // shared parts are alike at a glance
    private boolean isLike(Stack other) {
        Stack mine = this;
        Stack its = other;
        while (mine != its) {
            if (mine.hash != its.hash
                    || mine.isEmpty()
                    || its.isEmpty()
                    || !mine.top().equals(its.top())) {
                return false;
            }
            mine = mine.below();
            its = its.below();
        }
        return true;
    }
}
