package dev.lora4j.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.formats.InvalidFileException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text or a number, in a condition or in a table.
 *
 * @param text as it is written; of a number as Python's {@code str} writes it
 * @param number whether it stands for a number
 */
public record SqlValue(String text, boolean number) {
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(\\.\\d*)?([eE][-+]?\\d+)?");
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)(e[-+]?\\d+)?");
    private static final Pattern INFINITE = Pattern.compile("[-+]?inf(inity)?");

    /** {@code num_re} of WikiSQL's lib/dbengine.py: a sign belongs to numbers with a point alone. */
    private static final Pattern FIRST_NUMBER = Pattern.compile("[-+]?\\d*\\.\\d+|\\d+");

    /** A number must look like one. */
    public SqlValue {
        if (number && !NUMBER.matcher(text).matches()) {
            throw new IllegalArgumentException("the number is \"" + text + "\", expected digits such as -12 or 12.5");
        }
    }

    /** A text. */
    public static SqlValue of(String text) {
        return new SqlValue(text, false);
    }

    /** What stands without quotes: a number if it looks like one. */
    static SqlValue bare(String text) {
        return new SqlValue(text, NUMBER.matcher(text).matches());
    }

    static SqlValue of(JsonNode node, Path file) {
        if (node.isTextual()) {
            return of(node.asText());
        }
        if (node.isIntegralNumber()) {
            return new SqlValue(node.asText(), true);
        }
        if (node.isNumber()) {
            return new SqlValue(python(node.asDouble()), true);
        }
        throw new InvalidFileException(file, "a value is " + node + ", expected a text or a number");
    }

    /** A number as Python's {@code repr} writes it: 3.0, 0.5, 1e-05, 1.5e+16. */
    private static String python(double value) {
        if (value == 0) {
            return Double.toString(value);
        }
        BigDecimal exact = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = exact.precision() - exact.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = exact.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        BigDecimal mantissa = exact.movePointLeft(exponent).stripTrailingZeros();
        return String.format(
                Locale.ROOT, "%se%s%02d", mantissa.toPlainString(), exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    /** What logical forms compare: Python's {@code str(value).lower()}. */
    String compared() {
        return text.toLowerCase(Locale.ROOT);
    }

    /** As a query has it: a number as it is, a text between quotes, those in it twice. */
    String written() {
        return number ? text : "'" + text.replace("'", "''") + "'";
    }

    /** What a database gets: a {@link Long} or {@link Double}, or the text in small letters. */
    public Object bound() {
        if (!number) {
            return text.toLowerCase(Locale.ROOT);
        }
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            return Double.valueOf(text);
        }
    }

    /**
     * What a column of numbers is compared with.
     *
     * <p>As {@code DBEngine.execute} of WikiSQL's lib/dbengine.py: a text is read as {@code babel.numbers.parse_decimal} reads it in
     * English, where commas mean nothing; else the first number in it counts.
     *
     * @return none if there is no number in it
     */
    public OptionalDouble real() {
        String small = text.toLowerCase(Locale.ROOT);
        String decimal = small.replace(",", "").replace("_", "").strip();
        if (DECIMAL.matcher(decimal).matches()) {
            return OptionalDouble.of(Double.parseDouble(decimal));
        }
        if (INFINITE.matcher(decimal).matches()) {
            return OptionalDouble.of(decimal.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
        }
        Matcher found = FIRST_NUMBER.matcher(small);
        return found.find() ? OptionalDouble.of(Double.parseDouble(found.group())) : OptionalDouble.empty();
    }
}
