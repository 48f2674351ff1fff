package dev.lora4j.cli;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.tensor.TensorException;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what a command throws into one line for a person and an exit code. */
final class Failures {
    static final int USAGE = 2;
    static final int FAILED = 1;

    private final Console console;
    private BooleanSupplier traces = () -> false;

    Failures(Console console) {
        this.console = console;
    }

    void showTraces(BooleanSupplier wanted) {
        this.traces = wanted;
    }

    /** A command line that cannot be understood. */
    int usage(ParameterException exception) {
        List<String> unknown = exception.getCommandLine().getUnmatchedArguments();
        if (exception instanceof MissingParameterException && !unknown.isEmpty()) {
            return usage(
                    new UnmatchedArgumentException(exception.getCommandLine(), unknown)); // a typo of what is missing
        }
        StringBuilder line = new StringBuilder(firstLine(exception.getMessage()));
        if (exception instanceof UnmatchedArgumentException unmatched) {
            List<String> nearest = unmatched.getSuggestions();
            if (!nearest.isEmpty()) {
                line.append("; did you mean ")
                        .append(String.join(" or ", nearest))
                        .append('?');
            }
        }
        String command = exception.getCommandLine().getCommandSpec().qualifiedName();
        print(line + "; see " + command + " --help", exception);
        return USAGE;
    }

    /** Anything else that went wrong. */
    int report(Throwable failure) {
        if (isExpected(failure)) {
            print(firstLine(failure.getMessage()), failure);
        } else {
            String name = failure.getClass().getSimpleName();
            String detail = failure.getMessage() == null ? name : name + ": " + firstLine(failure.getMessage());
            print("unexpected " + detail + (traces.getAsBoolean() ? "" : " (--verbose shows where)"), failure);
        }
        return FAILED;
    }

    private static boolean isExpected(Throwable failure) {
        return failure.getMessage() != null
                && (failure instanceof Lora4jException
                        || failure instanceof TensorException
                        || failure instanceof IllegalArgumentException);
    }

    private void print(String line, Throwable failure) {
        console.message("lora4j: " + line);
        if (traces.getAsBoolean()) {
            console.stackTrace(failure);
        }
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }
}
