package dev.lora4j.server;

import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the address of a request says of the part of a list that is wanted. */
final class ListQuery {
    private ListQuery() {}

    static Optional<String> text(Context context, String name) {
        return Optional.ofNullable(context.queryParam(name)).filter(value -> !value.isEmpty());
    }

    /** How many, from 1 on. */
    static int limit(Context context, int absent, int most) {
        Optional<String> value = Optional.ofNullable(context.queryParam("limit"));
        if (value.isEmpty()) {
            return absent;
        }
        if (!value.get().matches("[0-9]{1,9}")
                || Integer.parseInt(value.get()) < 1
                || Integer.parseInt(value.get()) > most) {
            throw ApiError.invalid("limit", "limit is not a number from 1 to " + most);
        }
        return Integer.parseInt(value.get());
    }

    /** The pairs of {@code NAME[KEY]=VALUE}. */
    static Map<String, String> pairs(Context context, String name) {
        Map<String, String> pairs = new LinkedHashMap<>();
        String begin = name + "[";
        context.queryParamMap().forEach((key, values) -> {
            if (key.startsWith(begin) && key.endsWith("]") && !values.isEmpty()) {
                pairs.put(key.substring(begin.length(), key.length() - 1), values.get(0));
            }
        });
        return pairs;
    }
}
