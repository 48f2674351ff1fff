package dev.lora4j.server;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a part of a form says it is, by RFC 7578, with {@code filename*} of RFC 5987, which some clients send.
 *
 * @param name of the field; empty if there is none
 */
record ContentDisposition(String name, Optional<String> filename) {
    private static final Pattern PARAMETER =
            Pattern.compile("; *(name|filename|filename\\*) *= *(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\"; ]++))");
    private static final String UTF_8 = "utf-8''";

    static ContentDisposition parse(String header) {
        String name = "";
        Optional<String> filename = Optional.empty();
        Matcher parameter = PARAMETER.matcher(header);
        while (parameter.find()) {
            String quoted = parameter.group(2);
            String value = quoted == null ? parameter.group(3) : quoted.replaceAll("\\\\([\"\\\\])", "$1");
            switch (parameter.group(1)) {
                case "name" -> name = value;
                case "filename" -> filename = filename.or(() -> Optional.of(value));
                default -> filename = decoded(value).or(() -> Optional.of(value));
            }
        }
        return new ContentDisposition(name, filename);
    }

    private static Optional<String> decoded(String value) {
        try {
            return value.toLowerCase(Locale.ROOT).startsWith(UTF_8)
                    ? Optional.of(URLDecoder.decode(
                            value.substring(UTF_8.length()).replace("+", "%2B"), StandardCharsets.UTF_8))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
