package dev.lora4j.template;

import dev.lora4j.template.Statement.Parameter;
import dev.lora4j.template.Statement.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses text, output and blocks, as {@code jinja2.parser} with break, continue and generation. */
final class StatementParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    /** How many loops are open; a macro or call body starts again at none. */
    private int loops;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
        this.targets = new TargetParser(tokens);
    }

    static List<Statement> parse(String template) {
        return new StatementParser(new TokenStream(Lexer.tokenize(template))).statements(Set.of());
    }

    /** Statements up to a block that starts with one of {@code ends}, whose name is then the current token. */
    private List<Statement> statements(Set<String> ends) {
        tokens.enter();
        int start = tokens.line();
        List<Statement> body = new ArrayList<>();
        while (!tokens.current().is(Token.Type.END)) {
            Token token = tokens.next();
            switch (token.type()) {
                case DATA -> body.add(new Statement.Text(token.line(), token.text()));
                case VARIABLE_BEGIN -> {
                    body.add(new Statement.Output(token.line(), expressions.tuple(true)));
                    tokens.expect(Token.Type.VARIABLE_END, "'}}'");
                }
                default -> {
                    Token tag = tokens.current();
                    if (tag.is(Token.Type.NAME) && ends.contains(tag.text())) {
                        tokens.leave();
                        return List.copyOf(body);
                    }
                    statement(tokens.expect(Token.Type.NAME, "the name of a tag"), body);
                    tokens.expect(Token.Type.BLOCK_END, "'%}'");
                }
            }
        }
        if (!ends.isEmpty()) {
            throw new TemplateException("a block is never closed, " + names(ends) + " is missing", start);
        }
        tokens.leave();
        return List.copyOf(body);
    }

    private static String names(Set<String> ends) {
        return String.join(" or ", ends.stream().sorted().toList());
    }

    /** A body up to and with the name of its end tag. */
    private List<Statement> body(String end) {
        List<Statement> body = bodyUpTo(Set.of(end));
        tokens.next();
        return body;
    }

    private List<Statement> bodyUpTo(Set<String> ends) {
        tokens.skipOperator(":");
        tokens.expect(Token.Type.BLOCK_END, "'%}'");
        return statements(ends);
    }

    private void statement(Token tag, List<Statement> body) {
        int line = tag.line();
        switch (tag.text()) {
            case "set" -> body.add(set(line));
            case "if" -> body.add(conditional(line));
            case "for" -> body.add(loop(line));
            case "macro" -> body.add(macro(line));
            case "call" -> body.add(call(line));
            case "with" -> body.add(with(line));
            case "filter" -> {
                Expression value =
                        expressions.filters(expressions.filter(new Expression.Name(line, Statement.CAPTURED)));
                body.add(new Statement.FilterBlock(line, value, body("endfilter")));
            }
            case "generation" -> body.add(new Statement.Generation(line, outsideLoops("endgeneration")));
            case "break" -> body.add(new Statement.Break(insideLoop(tag)));
            case "continue" -> body.add(new Statement.Continue(insideLoop(tag)));
            case "print" -> print(line, body);
            default ->
                throw new TemplateException("the tag '" + tag.text() + "' is unknown or stands in a wrong place", line);
        }
    }

    private int insideLoop(Token tag) {
        if (loops == 0) {
            throw new TemplateException("'" + tag.text() + "' stands outside of a loop", tag.line());
        }
        return tag.line();
    }

    private List<Statement> outsideLoops(String end) {
        int open = loops;
        loops = 0;
        List<Statement> body = body(end);
        loops = open;
        return body;
    }

    private Statement set(int line) {
        Target target = targets.withNamespace();
        if (tokens.skipOperator("=")) {
            return new Statement.Set(line, target, expressions.tuple(true));
        }
        Expression value = expressions.filters(new Expression.Name(line, Statement.CAPTURED));
        return new Statement.SetBlock(line, target, value, body("endset"));
    }

    private Statement conditional(int line) {
        List<Statement.Branch> branches = new ArrayList<>();
        do {
            Expression condition = expressions.tuple(false);
            branches.add(new Statement.Branch(condition, bodyUpTo(Set.of("elif", "else", "endif"))));
        } while (tokens.skipName("elif"));
        List<Statement> otherwise = tokens.next().isName("else") ? body("endif") : List.of();
        return new Statement.If(line, List.copyOf(branches), otherwise);
    }

    private Statement loop(int line) {
        Target target = targets.plain();
        tokens.expectName("in");
        Expression iterable = expressions.tuple(false);
        List<Expression> conditions = tokens.skipName("if") ? List.of(expressions.expression()) : List.of();
        boolean recursive = tokens.skipName("recursive");
        loops++;
        List<Statement> body = bodyUpTo(Set.of("endfor", "else"));
        loops--;
        List<Statement> otherwise = tokens.next().isName("else") ? body("endfor") : List.of();
        return new Statement.For(line, target, iterable, conditions, recursive, body, otherwise);
    }

    private Statement macro(int line) {
        String name = tokens.expect(Token.Type.NAME, "the name of the macro").text();
        return new Statement.Macro(line, definition(name, parameters(), "endmacro"));
    }

    private Statement call(int line) {
        List<Parameter> parameters = tokens.current().isOperator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw new TemplateException("a call block needs a call, such as {% call name(arguments) %}", line);
        }
        return new Statement.CallBlock(line, definition("caller", parameters, "endcall"), call);
    }

    private Statement.Definition definition(String name, List<Parameter> parameters, String end) {
        int from = tokens.position();
        List<Statement> body = outsideLoops(end);
        return new Statement.Definition(
                name, parameters, body, tokens.mentions("varargs", from), tokens.mentions("kwargs", from));
    }

    private List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        boolean fallbacks = false;
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            Token name = tokens.expect(Token.Type.NAME, "the name of a parameter");
            if (tokens.skipOperator("=")) {
                fallbacks = true;
                parameters.add(new Parameter(name.text(), expressions.expression()));
            } else if (fallbacks) {
                throw new TemplateException(
                        "the parameter '" + name.text() + "' needs a default, one before it has", name.line());
            } else {
                Undefined missing = new Undefined("parameter '" + name.text() + "' was not provided");
                parameters.add(new Parameter(name.text(), new Expression.Constant(name.line(), missing)));
            }
        }
        return List.copyOf(parameters);
    }

    private Statement with(int line) {
        List<Target> names = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.current().is(Token.Type.BLOCK_END)) {
            if (!names.isEmpty()) {
                tokens.expectOperator(",");
            }
            names.add(targets.plain());
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Statement.With(line, List.copyOf(names), List.copyOf(values), body("endwith"));
    }

    private void print(int line, List<Statement> body) {
        do {
            body.add(new Statement.Output(line, expressions.expression()));
        } while (tokens.skipOperator(","));
    }
}
