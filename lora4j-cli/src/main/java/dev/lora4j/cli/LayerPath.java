package dev.lora4j.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A module's path, divided into the layer's number and what the module is in every layer. */
record LayerPath(String path) {
    private static final Pattern NUMBER = Pattern.compile("(?:.*?\\.)?(\\d+)\\.(.+)");

    /** Such as {@code self_attn.q_proj}; the whole path where there is no layer. */
    String kind() {
        Matcher matcher = NUMBER.matcher(path);
        return matcher.matches() ? matcher.group(2) : path;
    }

    /** The number of the layer, or 0 where there is none. */
    int layer() {
        Matcher matcher = NUMBER.matcher(path);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
