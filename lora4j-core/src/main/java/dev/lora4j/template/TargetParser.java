package dev.lora4j.template;

import dev.lora4j.template.Statement.NamespaceAttribute;
import dev.lora4j.template.Statement.Target;
import dev.lora4j.template.Statement.Unpack;
import dev.lora4j.template.Statement.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses what stands left of {@code =} in a set and of {@code in} in a for. */
final class TargetParser {
    private static final Set<String> CONSTANTS = Set.of("true", "false", "none", "True", "False", "None");

    private final TokenStream tokens;

    TargetParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    Target plain() {
        return targets(false);
    }

    /** Also {@code namespace.attribute}. */
    Target withNamespace() {
        return targets(true);
    }

    private Target targets(boolean namespace) {
        List<Target> parts = new ArrayList<>();
        boolean comma = false;
        while (!atEnd()) {
            parts.add(single(namespace));
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (parts.isEmpty()) {
            throw tokens.unexpected("the name of a variable");
        }
        return comma ? new Unpack(List.copyOf(parts)) : parts.get(0);
    }

    private boolean atEnd() {
        Token token = tokens.current();
        return token.is(Token.Type.BLOCK_END) || token.isName("in") || token.isOperator(")") || token.isOperator("=");
    }

    private Target single(boolean namespace) {
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inner = targets(namespace);
            tokens.expectOperator(")");
            tokens.leave();
            return inner;
        }
        Token name = tokens.expect(Token.Type.NAME, "the name of a variable");
        if (CONSTANTS.contains(name.text())) {
            throw new TemplateException("cannot assign to '" + name.text() + "'", name.line());
        }
        if (namespace && tokens.skipOperator(".")) {
            String attribute =
                    tokens.expect(Token.Type.NAME, "the name of an attribute").text();
            return new NamespaceAttribute(name.text(), attribute);
        }
        return new Variable(name.text());
    }
}
