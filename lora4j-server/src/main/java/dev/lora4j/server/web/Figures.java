package dev.lora4j.server.web;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers and names as the page writes them, the same in every locale. */
final class Figures {
    private static final String[] UNITS = {"kB", "MB", "GB", "TB"};
    private static final int LONGEST = 80;

    private Figures() {}

    /** Such as {@code 460,800}. */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Such as {@code 1.8 MB}, by thousands. */
    static String bytes(long value) {
        if (value < 1000) {
            return value + " B";
        }
        double size = value;
        int unit = -1;
        while (size >= 999.95 && unit + 1 < UNITS.length) {
            size /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, UNITS[unit]);
    }

    /** Without digits that say nothing, such as {@code 16} or {@code 0.001}. */
    static String plain(double value) {
        return new DecimalFormat("0.######", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
    }

    /** Text as the value of a parameter in an address. */
    static String query(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** At most so many characters that a line of the page holds them. */
    static String shortened(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
