package dev.lora4j.grammar;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The numbers between two limits, written without exponents.
 *
 * <p>All are integers in units of 10^−fraction, so every question is answered exactly. Immutable.
 */
final class NumberRange {
    /** Most digits before the point: every reader of JSON takes so many exactly. */
    static final int INTEGER_DIGITS = 15;
    /** Most digits after the point of a number that has limits; more where the limits have more. */
    static final int FRACTION_DIGITS = 10;
    /** Most digits of a limit, before and after the point. */
    static final int MAX_DIGITS = 30;

    private static final Pattern FORM = Pattern.compile("-?((0|[1-9][0-9]*)(\\.[0-9]*)?)?");

    private final int fraction;
    private final BigInteger min;
    private final BigInteger max;
    private final BigInteger multiple;

    private NumberRange(int fraction, BigInteger min, BigInteger max, BigInteger multiple) {
        this.fraction = fraction;
        this.min = min;
        this.max = max;
        this.multiple = multiple;
    }

    /** One side of a range. */
    record Limit(BigDecimal value, boolean included) {}

    /**
     * A range.
     *
     * @param integers whether it holds integers only
     */
    static NumberRange of(
            boolean integers, Optional<Limit> least, Optional<Limit> most, Optional<BigDecimal> multiple) {
        int fraction = integers ? 0 : FRACTION_DIGITS;
        for (Optional<BigDecimal> each : List.of(least.map(Limit::value), most.map(Limit::value), multiple)) {
            if (each.isPresent()) {
                BigDecimal value = each.get().stripTrailingZeros();
                if (value.scale() > MAX_DIGITS || value.precision() - value.scale() > MAX_DIGITS) {
                    throw new GrammarException("the limit " + value + " has too many digits, expected at most "
                            + MAX_DIGITS + " before the point and after it");
                }
                fraction = integers ? 0 : Math.max(fraction, value.scale());
            }
        }
        BigInteger all = BigInteger.TEN.pow(INTEGER_DIGITS + fraction).subtract(BigInteger.ONE);
        int scale = fraction;
        BigInteger min =
                least.map(limit -> lowest(limit, scale)).orElse(all.negate()).max(all.negate());
        BigInteger max = most.map(limit -> highest(limit, scale)).orElse(all).min(all);
        return new NumberRange(
                fraction,
                min,
                max,
                multiple.map(value -> unit(value, integers, scale)).orElse(BigInteger.ONE));
    }

    /** Of a multiple with a fraction, the integers among its multiples. */
    private static BigInteger unit(BigDecimal multiple, boolean integers, int scale) {
        BigDecimal value = multiple.stripTrailingZeros();
        if (!integers || value.scale() <= 0) {
            return value.movePointRight(scale).toBigIntegerExact();
        }
        BigInteger one = BigInteger.TEN.pow(value.scale());
        BigInteger many = value.movePointRight(value.scale()).toBigIntegerExact();
        return many.divide(many.gcd(one));
    }

    private static BigInteger lowest(Limit limit, int scale) {
        BigDecimal value = limit.value().movePointRight(scale);
        return limit.included()
                ? value.setScale(0, RoundingMode.CEILING).toBigInteger()
                : value.setScale(0, RoundingMode.FLOOR).toBigInteger().add(BigInteger.ONE);
    }

    private static BigInteger highest(Limit limit, int scale) {
        BigDecimal value = limit.value().movePointRight(scale);
        return limit.included()
                ? value.setScale(0, RoundingMode.FLOOR).toBigInteger()
                : value.setScale(0, RoundingMode.CEILING).toBigInteger().subtract(BigInteger.ONE);
    }

    /** Whether it holds no number. */
    boolean isEmpty() {
        return !canGrow("");
    }

    /** Whether a text is the beginning of a number, whatever its value. */
    boolean isWellFormed(String text) {
        int point = text.indexOf('.');
        int whole = (point < 0 ? text.length() : point) - (text.startsWith("-") ? 1 : 0);
        int parts = point < 0 ? 0 : text.length() - point - 1;
        return whole <= INTEGER_DIGITS
                && parts <= fraction
                && (point < 0 || fraction > 0)
                && FORM.matcher(text).matches();
    }

    /** Whether a text is a number of the range. */
    boolean contains(String text) {
        if (text.isEmpty() || text.equals("-") || text.endsWith(".")) {
            return false;
        }
        BigInteger value = digits(text).multiply(BigInteger.TEN.pow(fraction - parts(text)));
        return hasOne(value, value, text.startsWith("-"));
    }

    /** Whether at least one more character can lead to a number of the range. */
    boolean canGrow(String text) {
        boolean negative = text.startsWith("-");
        if (text.isEmpty() || text.equals("-")) {
            BigInteger all = BigInteger.TEN.pow(INTEGER_DIGITS + fraction).subtract(BigInteger.ONE);
            return hasOne(BigInteger.ZERO, all, negative) || (text.isEmpty() && hasOne(BigInteger.ONE, all, true));
        }
        BigInteger digits = digits(text);
        if (text.indexOf('.') >= 0) {
            int more = fraction - parts(text);
            return more > 0 && from(digits, more, negative);
        }
        if (fraction > 0 && from(digits, fraction, negative)) {
            return true;
        }
        int length = text.length() - (negative ? 1 : 0);
        for (int more = 1; digits.signum() > 0 && more <= INTEGER_DIGITS - length; more++) {
            if (from(digits, more + fraction, negative)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of the numbers that begin with these digits, and have so many more, is of the range. */
    private boolean from(BigInteger digits, int more, boolean negative) {
        BigInteger step = BigInteger.TEN.pow(more);
        BigInteger low = digits.multiply(step);
        return hasOne(low, low.add(step).subtract(BigInteger.ONE), negative);
    }

    private boolean hasOne(BigInteger low, BigInteger high, boolean negative) {
        BigInteger from = negative ? high.negate() : low;
        BigInteger to = negative ? low.max(BigInteger.ONE).negate() : high; // there is no −0
        from = from.max(min);
        to = to.min(max);
        if (from.compareTo(to) > 0) {
            return false;
        }
        BigInteger rest = to.mod(multiple);
        return to.subtract(rest).compareTo(from) >= 0;
    }

    private static BigInteger digits(String text) {
        return new BigInteger(text.replace(".", "").replace("-", ""));
    }

    private static int parts(String text) {
        int point = text.indexOf('.');
        return point < 0 ? 0 : text.length() - point - 1;
    }
}
