package dev.lora4j.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps apart what the users of a conversation wrote and what its template writes.
 *
 * <p>Where a user wrote the text of a special token, {@link #guard} puts a mark in its place before the template sees it.
 * So every special token in what the template makes is the template's own; {@link #restore} replaces those by their
 * secret texts (see {@link PlainTokenizer}) and the marks by what the user wrote. Confined to one conversation.
 */
final class UserText {
    private static final char MARK = '\uFDD2';
    private static final char MARK_END = '\uFDD3';

    private static final Pattern MARKED = Pattern.compile(MARK + "([0-9]{1,9})" + MARK_END);

    private final PlainTokenizer plain;
    private final SpecialStrings strings;
    private final List<String> written = new ArrayList<>();

    UserText(PlainTokenizer plain) {
        this.plain = plain;
        this.strings = plain.strings();
    }

    Row.Conversation guard(Row.Conversation row) {
        List<Message> messages = row.messages().stream()
                .map(message -> new Message(fields(message.fields()), message.learned()))
                .toList();
        return new Row.Conversation(
                messages, row.tools().stream().map(this::fields).toList());
    }

    private Map<String, @Nullable Object> fields(Map<?, ?> fields) {
        Map<String, @Nullable Object> guarded = new LinkedHashMap<>();
        fields.forEach((name, value) -> guarded.put(guard(String.valueOf(name)), guard(value)));
        return guarded;
    }

    private @Nullable Object guard(@Nullable Object value) {
        if (value instanceof String text) {
            return guard(text);
        }
        if (value instanceof Map<?, ?> map) {
            return fields(map);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> guarded = new ArrayList<>();
            list.forEach(element -> guarded.add(guard(element)));
            return guarded;
        }
        return value;
    }

    private String guard(String text) {
        StringBuilder guarded = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            // a mark that a user wrote is guarded too, so that every mark is ours
            int length = text.charAt(at) == MARK ? 1 : strings.lengthAt(text, at);
            if (length == 0) {
                guarded.append(text.charAt(at++));
            } else {
                guarded.append(MARK).append(written.size()).append(MARK_END);
                written.add(text.substring(at, at + length));
                at += length;
            }
        }
        return guarded.toString();
    }

    /** The text for the tokenizer, with where each char of the template's text went. */
    Restored restore(String text) {
        if (written.isEmpty()) {
            return new Restored(text, false, new int[0]);
        }
        StringBuilder restored = new StringBuilder();
        int[] places = new int[text.length() + 1];
        int at = 0;
        while (at < text.length()) {
            at += replace(text, at, restored, places);
        }
        places[text.length()] = restored.length();
        return new Restored(restored.toString(), true, places);
    }

    /** Writes what stands at a char, and tells how many chars that was. */
    private int replace(String text, int at, StringBuilder restored, int[] places) {
        int start = restored.length();
        int special = strings.lengthAt(text, at);
        Matcher mark = MARKED.matcher(text).region(at, text.length());
        int length = 1;
        if (special > 0) {
            length = special;
            restored.append(plain.secretOf(text.substring(at, at + special)));
        } else if (text.charAt(at) == MARK && mark.lookingAt()) {
            length = mark.end() - at;
            restored.append(written.get(Integer.parseInt(mark.group(1))));
        } else {
            restored.append(text.charAt(at));
        }
        for (int i = at; i < at + length; i++) {
            places[i] = i == at ? start : restored.length();
        }
        return length;
    }

    /**
     * The text for the tokenizer.
     *
     * @param secret whether special tokens are written by their secret texts
     */
    @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
    record Restored(String text, boolean secret, int[] places) {
        /** Where a char of the template's text went. */
        int at(int place) {
            return secret ? places[place] : place;
        }
    }
}
