package dev.lora4j.template;

import dev.lora4j.formats.Lora4jException;

/**
 * A chat template that cannot be parsed or rendered.
 *
 * <p>Raised for a syntax error, an operation that Python would refuse too, a limit of {@link Limits}, and for the
 * template's own call of {@code raise_exception}.
 */
public final class TemplateException extends Lora4jException {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final int line;

    TemplateException(String problem) {
        this(problem, 0);
    }

    TemplateException(String problem, int line) {
        super(line > 0 ? "chat template, line " + line + ": " + problem : "chat template: " + problem);
        this.problem = problem;
        this.line = line;
    }

    /** The line of the template, counted from 1, or 0 where no single line is to blame. */
    public int line() {
        return line;
    }

    /** The problem without the line; for {@code raise_exception} exactly the template's own words. */
    public String problem() {
        return problem;
    }

    TemplateException at(int where) {
        if (line > 0) {
            return this;
        }
        TemplateException located = new TemplateException(problem, where);
        located.setStackTrace(getStackTrace());
        return located;
    }
}
