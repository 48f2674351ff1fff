package dev.lora4j.grammar;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The formats of strings that are held, as patterns. Dates exist; seconds of 60 do not. */
final class Formats {
    private static final String DATE = "(?:(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])))"
            + "|(?:(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29))";
    private static final String TIME =
            "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-](?:0[0-9]|1[0-7]):[0-5][0-9])";
    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String LABEL = "[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,10}){0,2}";
    private static final String WORD = "[A-Za-z0-9_+-]{1,20}";

    private static final Map<String, String> PATTERNS = new TreeMap<>(Map.of(
            "date", "^" + DATE + "$",
            "time", "^" + TIME + "$",
            "date-time", "^" + DATE + "T" + TIME + "$",
            "uuid", "^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            "ipv4", "^" + BYTE + "(?:\\." + BYTE + "){3}$",
            "email", "^" + WORD + "(?:\\." + WORD + "){0,2}@(?:" + LABEL + "\\.){1,2}[A-Za-z]{2,10}$"));

    private Formats() {}

    static Optional<String> pattern(String format) {
        return Optional.ofNullable(PATTERNS.get(format));
    }

    static Set<String> names() {
        return PATTERNS.keySet();
    }
}
