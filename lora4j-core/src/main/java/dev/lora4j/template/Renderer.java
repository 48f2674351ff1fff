package dev.lora4j.template;

import dev.lora4j.template.ChatTemplate.Span;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Runs the statements of one rendering; confined to it. */
final class Renderer {
    /** What a statement does to the loop around it. */
    private enum Flow {
        NORMAL,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final ExpressionEvaluator expressions;
    private final Macros macros;
    private final Assignment assignment;
    private final Output root;
    private final List<Span> generated = new ArrayList<>();

    Renderer(Budget budget) {
        this.budget = budget;
        this.expressions = new ExpressionEvaluator(budget);
        this.macros = new Macros(expressions, this::renderBody);
        this.assignment = new Assignment();
        this.root = new Output(budget);
    }

    ChatTemplate.Rendering render(List<Statement> template, Scope scope) {
        run(template, scope, root);
        return new ChatTemplate.Rendering(root.text(), generated);
    }

    /** The text of a body that stands on its own, such as a macro's. */
    private String renderBody(List<Statement> body, Scope scope) {
        Output output = new Output(budget);
        run(body, scope, output);
        return output.text();
    }

    private Flow run(List<Statement> body, Scope scope, Output output) {
        for (Statement statement : body) {
            budget.enter();
            try {
                Flow flow = run(statement, scope, output);
                budget.leave();
                if (flow != Flow.NORMAL) {
                    return flow;
                }
            } catch (TemplateException e) {
                throw e.at(statement.line());
            }
        }
        return Flow.NORMAL;
    }

    private Flow run(Statement statement, Scope scope, Output output) {
        if (statement instanceof Statement.Text text) {
            output.append(text.text());
        } else if (statement instanceof Statement.Output expression) {
            output.append(Repr.str(expressions.evaluate(expression.expression(), scope), budget));
        } else if (statement instanceof Statement.If branches) {
            return branch(branches, scope, output);
        } else if (statement instanceof Statement.For loop) {
            return loop(loop, scope, output);
        } else if (statement instanceof Statement.Set set) {
            assignment.assign(set.target(), expressions.evaluate(set.value(), scope), scope);
        } else if (statement instanceof Statement.SetBlock set) {
            return capture(
                    set.body(),
                    scope,
                    inner -> assignment.assign(set.target(), expressions.evaluate(set.value(), inner), scope));
        } else if (statement instanceof Statement.FilterBlock filter) {
            return capture(
                    filter.body(), scope, inner -> output.append(text(expressions.evaluate(filter.value(), inner))));
        } else if (statement instanceof Statement.Macro macro) {
            scope.set(macro.definition().name(), macros.define(macro.definition(), scope));
        } else if (statement instanceof Statement.CallBlock call) {
            output.append(text(macros.call(call, scope)));
        } else if (statement instanceof Statement.With with) {
            return with(with, scope, output);
        } else if (statement instanceof Statement.Generation generation) {
            generation(generation, scope, output);
        } else {
            return statement instanceof Statement.Break ? Flow.BREAK : Flow.CONTINUE;
        }
        return Flow.NORMAL;
    }

    private static String text(Object value) {
        if (Values.isText(value)) {
            return Values.text(value);
        }
        throw new TemplateException("the block gave a value of type " + Values.typeName(value) + ", expected text");
    }

    private Flow branch(Statement.If branches, Scope scope, Output output) {
        for (Statement.Branch branch : branches.branches()) {
            if (Values.truth(expressions.evaluate(branch.condition(), scope))) {
                return run(branch.body(), scope, output);
            }
        }
        return run(branches.otherwise(), scope, output);
    }

    @FunctionalInterface
    private interface Captured {
        void use(Scope inner);
    }

    private Flow capture(List<Statement> body, Scope scope, Captured captured) {
        Scope inner = new Scope(scope);
        Output output = new Output(budget);
        Flow flow = run(body, inner, output);
        if (flow == Flow.NORMAL) {
            inner.set(Statement.CAPTURED, output.text());
            captured.use(inner);
        }
        return flow;
    }

    private Flow with(Statement.With with, Scope scope, Output output) {
        Scope inner = new Scope(scope);
        for (int i = 0; i < with.targets().size(); i++) {
            assignment.assign(
                    with.targets().get(i), expressions.evaluate(with.values().get(i), scope), inner);
        }
        return run(with.body(), inner, output);
    }

    /** As the AssistantTracker of transformers: the start is counted in what the template has put out so far. */
    private void generation(Statement.Generation generation, Scope scope, Output output) {
        String text = renderBody(generation.body(), new Scope(scope));
        generated.add(new Span(root.length(), root.length() + text.length()));
        output.append(text);
    }

    private Flow loop(Statement.For loop, Scope scope, Output output) {
        Object items = expressions.evaluate(loop.iterable(), scope);
        if (loop.recursive()) {
            output.append(recursive(loop, items, scope, 0));
            return Flow.NORMAL;
        }
        return rounds(loop, new LoopVariable(source(loop, items, scope), length(loop, items), 0, null), scope, output);
    }

    private String recursive(Statement.For loop, Object items, Scope scope, int depth) {
        budget.enter();
        Output output = new Output(budget);
        LoopVariable variable = new LoopVariable(
                source(loop, items, scope),
                length(loop, items),
                depth,
                inner -> recursive(loop, inner, scope, depth + 1));
        rounds(loop, variable, scope, output);
        budget.leave();
        return output.text();
    }

    private static long length(Statement.For loop, Object items) {
        return loop.conditions().isEmpty() && Values.isSized(items) ? Values.length(items) : -1;
    }

    private Flow rounds(Statement.For loop, LoopVariable variable, Scope scope, Output output) {
        // Python's compiled loop marks a round at the end of its body, so one that leaves early does not count
        boolean completed = false;
        while (variable.hasNext()) {
            budget.step();
            Scope inner = new Scope(scope);
            assignment.assign(loop.target(), variable.next(), inner);
            inner.set("loop", variable);
            Flow flow = run(loop.body(), inner, output);
            if (flow == Flow.BREAK) {
                break;
            }
            completed |= flow == Flow.NORMAL;
        }
        return completed ? Flow.NORMAL : run(loop.otherwise(), new Scope(scope), output);
    }

    private Iterator<Object> source(Statement.For loop, Object items, Scope scope) {
        Iterator<Object> all = Values.iterate(items);
        if (loop.conditions().isEmpty()) {
            return all;
        }
        Expression condition = loop.conditions().get(0);
        return new Selection(all, budget, item -> {
            Scope inner = new Scope(scope);
            assignment.assign(loop.target(), item, inner);
            return Values.truth(expressions.evaluate(condition, inner));
        });
    }
}
