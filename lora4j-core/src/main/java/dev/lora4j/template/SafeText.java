package dev.lora4j.template;

/**
 * Text that the filters safe and escape have marked, markupsafe's Markup.
 *
 * <p>Printing it changes nothing, but plain text that is added to it gets HTML-escaped, as in Python.
 */
record SafeText(String text) {
    static String escape(String plain) {
        return plain.replace("&", "&amp;")
                .replace(">", "&gt;")
                .replace("<", "&lt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;");
    }

    static String escaped(Object text) {
        return text instanceof SafeText safe ? safe.text : escape(Values.text(text));
    }
}
