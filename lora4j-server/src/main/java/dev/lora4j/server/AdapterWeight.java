package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One of the adapters that a request wants to be added up over the base.
 *
 * @param weight of what it does to each weight of the base; negative to take it off
 */
record AdapterWeight(String name, double weight) {
    /** Adapters of one request. */
    static final int MOST = 8;
    /** Largest size of a weight. */
    static final double MOST_WEIGHT = 100;

    /** Those of the field {@code adapters}; none if it is absent or empty. */
    static List<AdapterWeight> read(Fields fields) {
        return fields.value("adapters")
                .map(value -> read(fields.path("adapters"), value))
                .orElse(List.of());
    }

    private static List<AdapterWeight> read(String path, JsonNode value) {
        if (!value.isArray()) {
            throw Fields.wrongType(path, value, "an array of objects such as {\"name\": \"polite\", \"weight\": 0.7}");
        }
        if (value.size() > MOST) {
            throw ApiError.invalid(path, path + " has " + value.size() + " adapters, expected at most " + MOST);
        }
        List<AdapterWeight> adapters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < value.size(); i++) {
            Fields each = Fields.object(path + "[" + i + "]", value.get(i));
            AdapterWeight adapter =
                    new AdapterWeight(each.requiredText("name"), each.number("weight", -MOST_WEIGHT, MOST_WEIGHT, 1));
            each.end();
            if (!names.add(adapter.name())) {
                throw ApiError.invalid(
                        each.path("name"),
                        each.path("name") + " is there twice; give the adapter once, with the sum of the weights");
            }
            adapters.add(adapter);
        }
        return adapters;
    }
}
