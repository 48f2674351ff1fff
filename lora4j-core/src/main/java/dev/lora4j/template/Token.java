package dev.lora4j.template;

/**
 * One token of a template.
 *
 * @param text the data, name or operator as written; a string with its escapes resolved
 * @param line the line of its first char, counted from 1
 */
record Token(Type type, String text, int line) {
    enum Type {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Type wanted) {
        return type == wanted;
    }

    boolean isName(String name) {
        return type == Type.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return type == Type.OPERATOR && text.equals(operator);
    }

    String describe() {
        return switch (type) {
            case END -> "the end of the template";
            case VARIABLE_END -> "'}}'";
            case BLOCK_END -> "'%}'";
            case BLOCK_BEGIN -> "'{%'";
            case VARIABLE_BEGIN -> "'{{'";
            default -> "'" + text + "'";
        };
    }
}
