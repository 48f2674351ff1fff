package dev.lora4j.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Completes a grammar: finds how flat the texts of each rule can be, and refuses rules that lead to themselves. */
final class Heights {
    /** Most rules of one grammar. */
    static final int MAX_RULES = 50_000;

    private Heights() {}

    static void settle(Rule start) {
        List<Rule> rules = reachable(start);
        refuseCircles(rules);
        boolean lower = true;
        while (lower) {
            lower = false;
            for (int i = rules.size() - 1; i >= 0; i--) { // parts before what they are part of, where that is possible
                int height = height(rules.get(i).shape());
                if (height < rules.get(i).height()) {
                    rules.get(i).height(height);
                    lower = true;
                }
            }
        }
        rules.forEach(Rule::settle);
    }

    private static List<Rule> reachable(Rule start) {
        Set<Rule> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Rule> rules = new ArrayList<>();
        Deque<Rule> open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            Rule rule = open.poll();
            if (rule.isSettled() || !seen.add(rule)) {
                continue;
            }
            rules.add(rule);
            if (rules.size() > MAX_RULES) {
                throw new GrammarException("the schema has more than " + MAX_RULES + " parts; use a smaller one");
            }
            open.addAll(parts(rule.shape()));
        }
        return rules;
    }

    private static List<Rule> parts(Shape shape) {
        if (shape instanceof Shape.Sequence sequence) {
            return sequence.parts();
        }
        if (shape instanceof Shape.Choice choice) {
            return choice.options();
        }
        if (shape instanceof Shape.Items items) {
            return List.of(items.item());
        }
        if (shape instanceof Shape.Free free) {
            return List.of(free.trigger().then());
        }
        if (shape instanceof Shape.Members members) {
            List<Rule> parts = new ArrayList<>(members.object().values());
            Rule others = members.object().others();
            if (others != null) {
                parts.add(others);
            }
            return parts;
        }
        return List.of();
    }

    private static int height(Shape shape) {
        int height = 0;
        if (shape instanceof Shape.Sequence sequence) {
            height = sequence.parts().stream().mapToInt(Rule::height).max().orElse(0);
        } else if (shape instanceof Shape.Choice choice) {
            height = choice.options().stream().mapToInt(Rule::height).min().orElse(Rule.NONE);
        } else if (shape instanceof Shape.Items items) {
            height = items.min() > 0 ? items.item().height() + 1 : 1;
        } else if (shape instanceof Shape.Members members) {
            ObjectRule object = members.object();
            height = 1;
            for (int i = 0; i < object.values().size(); i++) {
                if (object.requires(i)) {
                    height = Math.max(height, object.values().get(i).height() + 1);
                }
            }
        } else if (shape instanceof Shape.Terminal terminal) {
            height = terminal.dfa().isEmpty() ? Rule.NONE : 0;
        } else if (shape instanceof Shape.Numeric number) {
            height = number.range().isEmpty() ? Rule.NONE : 0;
        } else if (shape instanceof Shape.Text text) {
            height = text.min() > text.max() ? Rule.NONE : 0;
        }
        return Math.min(height, Rule.NONE);
    }

    /** A choice that leads back to itself before anything was read would be taken for ever. */
    private static void refuseCircles(List<Rule> rules) {
        IdentityHashMap<Rule, Boolean> done = new IdentityHashMap<>(); // false while a rule is on the way
        for (Rule rule : rules) {
            refuseCircles(rule, done);
        }
    }

    private static void refuseCircles(Rule start, IdentityHashMap<Rule, Boolean> done) {
        Deque<Rule> way = new ArrayDeque<>(List.of(start));
        while (!way.isEmpty()) {
            Rule rule = way.peek();
            if (done.containsKey(rule)) {
                way.pop();
                done.put(rule, true);
                continue;
            }
            done.put(rule, false);
            if (!(rule.shape() instanceof Shape.Choice choice)) {
                continue;
            }
            for (Rule option : choice.options()) {
                if (Boolean.FALSE.equals(done.get(option))) {
                    throw new GrammarException("a part of the schema refers to itself without a value between; remove"
                            + " the $ref that leads back");
                }
                if (!done.containsKey(option)) {
                    way.push(option);
                }
            }
        }
    }
}
