package dev.lora4j.server.web;

import io.javalin.http.Context;
import java.util.List;
import java.util.Map;

/** The fields that a browser has sent of a form without files. */
record Form(Map<String, List<String>> fields) {
    /** Bytes of a form without files. */
    static final int MAX_BYTES = 256 << 10;

    static Form read(Context context) {
        long length = context.req().getContentLengthLong();
        String type = context.contentType();
        if (type == null || !type.startsWith("application/x-www-form-urlencoded") || length < 0) {
            throw new PageException(415, "The form did not come as a browser sends it.");
        }
        if (length > MAX_BYTES) {
            throw new PageException(
                    413,
                    "The form has " + Figures.bytes(length) + "; at most " + Figures.bytes(MAX_BYTES) + " are taken.");
        }
        try {
            return new Form(context.formParamMap());
        } catch (IllegalArgumentException e) {
            throw new PageException(400, "The form did not come as a browser sends it.");
        }
    }

    /** The value of a field without blanks around it; empty if it is not there. */
    String text(String name) {
        return fields.getOrDefault(name, List.of()).stream()
                .findFirst()
                .orElse("")
                .strip();
    }

    /** A whole number in a range. */
    int integer(String name, String label, int least, int most) {
        double value = number(name, label, least, most);
        if (value != Math.rint(value)) {
            throw new PageException(400, label + " is " + text(name) + "; a whole number is needed.");
        }
        return (int) value;
    }

    /** A number in a range. */
    double number(String name, String label, double least, double most) {
        String text = text(name);
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            value = Double.NaN;
        }
        if (!(value >= least && value <= most)) {
            throw new PageException(
                    400,
                    label + " is " + (text.isEmpty() ? "empty" : "“" + Figures.shortened(text) + "”")
                            + "; it must be from " + Figures.plain(least) + " to " + Figures.plain(most) + ".");
        }
        return value;
    }
}
