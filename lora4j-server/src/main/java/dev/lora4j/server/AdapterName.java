package dev.lora4j.server;

import java.util.regex.Pattern;

/** What an adapter may be called: letters, digits, dot, hyphen and underscore of ASCII, a letter or digit first. */
final class AdapterName {
    static final int MAX_LENGTH = 64;

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0," + (MAX_LENGTH - 1) + "}");

    private AdapterName() {}

    static boolean isAllowed(String name) {
        return ALLOWED.matcher(name).matches();
    }

    /** What is wrong with a name that is not allowed. */
    static String rule(String what) {
        return what + " is not an adapter's name: expected 1 to " + MAX_LENGTH
                + " letters, digits, dots, hyphens or underscores, beginning with a letter or digit";
    }
}
