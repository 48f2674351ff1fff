package dev.lora4j.generation;

import java.util.List;

/**
 * Looks for stop strings in text that comes in pieces, and holds back what may be the beginning of one.
 *
 * <p>The stop string that is complete first ends the text, however it is cut into pieces. Confined to one thread.
 */
final class StopScanner {
    private final List<String> stops;
    private String held = "";
    private boolean stopped;

    StopScanner(List<String> stops) {
        this.stops = stops;
    }

    /** Takes a piece and gives the text that no stop string can begin in any more. */
    String next(String piece) {
        String text = held + piece;
        int start = firstStop(text);
        if (start >= 0) {
            stopped = true;
            held = "";
            return text.substring(0, start);
        }
        int safe = text.length() - longestBeginning(text);
        held = text.substring(safe);
        return text.substring(0, safe);
    }

    /** What was held back, once no more text comes. */
    String finish() {
        String rest = held;
        held = "";
        return rest;
    }

    /** True once a stop string has come. */
    boolean isStopped() {
        return stopped;
    }

    /** Where the stop string that ends first begins, of several the longest; −1 if there is none. */
    private int firstStop(String text) {
        int end = Integer.MAX_VALUE;
        int start = -1;
        for (String stop : stops) {
            int at = text.indexOf(stop);
            int after = at + stop.length();
            if (at >= 0 && (after < end || (after == end && at < start))) {
                start = at;
                end = after;
            }
        }
        return start;
    }

    private int longestBeginning(String text) {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > longest; length--) {
                if (text.endsWith(stop.substring(0, length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
