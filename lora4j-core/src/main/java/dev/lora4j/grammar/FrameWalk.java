package dev.lora4j.grammar;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * What a frame that reads makes of every token, whatever is below it. Immutable.
 *
 * <p>Most tokens within a string, say, only go on with the string. Few lead out of it, and for them alone what is below
 * matters.
 *
 * @param allowed tokens that fit, as far as they are read by this frame
 * @param exits where tokens lead out of it
 */
record FrameWalk(BitSet allowed, List<Exit> exits) {
    /**
     * A node of the tree of tokens after which other frames go on.
     *
     * @param frames what is left in the frame's place, the first on top
     */
    record Exit(int node, List<Frame> frames) {}

    static FrameWalk of(Frame frame, TokenTrie trie, Work work) {
        BitSet allowed = new BitSet();
        List<Exit> exits = new ArrayList<>();
        List<List<Frame>> on = new ArrayList<>(); // of each depth, the frames after the symbols so far
        on.add(List.of(frame));
        for (int node = 0; node < trie.size(); ) {
            int depth = trie.depth(node);
            while (on.size() > depth + 1) {
                on.remove(on.size() - 1);
            }
            List<Frame> next = new ArrayList<>(1);
            int before = exits.size();
            for (Frame each : on.get(depth)) {
                work.step();
                int at = node;
                each.read(trie.symbol(node), MARK, stack -> sort(stack, at, next, exits));
            }
            if (!next.isEmpty() || exits.size() > before) {
                trie.addTokens(node, allowed);
            }
            if (next.isEmpty()) {
                node = trie.end(node);
            } else {
                on.add(next);
                node++;
            }
        }
        return new FrameWalk(allowed, List.copyOf(exits));
    }

    /** Stands for whatever is below. */
    private static final Stack MARK = Stack.EMPTY.push(new Frame.Spell(new int[] {-1}, 0));

    private static void sort(Stack stack, int node, List<Frame> next, List<Exit> exits) {
        if (!stack.equals(MARK) && stack.below().equals(MARK) && stack.top().reads()) {
            next.add(stack.top());
            return;
        }
        List<Frame> frames = new ArrayList<>();
        for (Stack each = stack; !each.equals(MARK); each = each.below()) {
            frames.add(each.top());
        }
        exits.add(new Exit(node, List.copyOf(frames)));
    }
}
