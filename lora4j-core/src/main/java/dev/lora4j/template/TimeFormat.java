package dev.lora4j.template;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** {@code strftime_now}: the clock's time in C's notation, with English names. */
final class TimeFormat {
    private TimeFormat() {}

    static String now(String format, Clock clock) {
        return now(format, ZonedDateTime.now(clock));
    }

    private static String now(String format, ZonedDateTime now) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            boolean bare = format.charAt(i + 1) == '-' && i + 2 < format.length();
            i += bare ? 2 : 1;
            String field = field(format.charAt(i), now);
            out.append(bare ? field.replaceFirst("^[0 ]+(?=.)", "") : field);
        }
        return out.toString();
    }

    private static String field(char code, ZonedDateTime now) {
        return switch (code) {
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' ->
                now.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH).substring(0, 3);
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'c' -> now("%a %b %e %H:%M:%S %Y", now);
            case 'C' -> two(now.getYear() / 100);
            case 'd' -> pattern("dd", now);
            case 'D', 'x' -> pattern("MM/dd/yy", now);
            case 'e' -> padded(now.getDayOfMonth());
            case 'f' -> String.format(Locale.ROOT, "%06d", now.getNano() / 1000);
            case 'F' -> pattern("yyyy-MM-dd", now);
            case 'H' -> pattern("HH", now);
            case 'I' -> pattern("hh", now);
            case 'j' -> pattern("DDD", now);
            case 'm' -> pattern("MM", now);
            case 'M' -> pattern("mm", now);
            case 'n' -> "\n";
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'R' -> pattern("HH:mm", now);
            case 'S' -> pattern("ss", now);
            case 't' -> "\t";
            case 'T', 'X' -> pattern("HH:mm:ss", now);
            case 'u' -> Integer.toString(now.getDayOfWeek().getValue());
            case 'U' -> two((now.getDayOfYear() + 6 - now.getDayOfWeek().getValue() % 7) / 7);
            case 'w' -> Integer.toString(now.getDayOfWeek().getValue() % 7);
            case 'W' -> two((now.getDayOfYear() + 6 - (now.getDayOfWeek().getValue() + 6) % 7) / 7);
            case 'V' -> two(now.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> Integer.toString(now.get(IsoFields.WEEK_BASED_YEAR));
            case 'y' -> pattern("yy", now);
            case 'Y' -> Integer.toString(now.get(ChronoField.YEAR));
            // datetime.now() carries no zone, so Python prints nothing for these
            case 'z', 'Z' -> "";
            case '%' -> "%";
            default -> "%" + code;
        };
    }

    private static String pattern(String pattern, ZonedDateTime now) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now);
    }

    private static String two(int number) {
        return (number < 10 ? "0" : "") + number;
    }

    private static String padded(int number) {
        return (number < 10 ? " " : "") + number;
    }
}
