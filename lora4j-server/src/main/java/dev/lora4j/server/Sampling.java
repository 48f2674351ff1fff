package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lora4j.generation.GenerationSettings;
import dev.lora4j.generation.ScoreShifts;
import dev.lora4j.grammar.Grammar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The fields of chats and completions that say how tokens are chosen and how the answer is sent.
 *
 * @param settings of the first choice, for one token; each further choice has a seed that is one higher
 * @param choices answers to one prompt
 * @param stream whether the answer is sent in pieces
 * @param includeUsage whether a stream ends with the number of tokens
 */
record Sampling(GenerationSettings settings, int choices, boolean stream, boolean includeUsage) {

    static Sampling read(Fields fields, Limits limits) {
        boolean stream = fields.flag("stream");
        boolean usage = false;
        Optional<Fields> options = fields.object("stream_options");
        if (options.isPresent()) {
            if (!stream) {
                throw ApiError.invalid("stream_options", "stream_options needs stream to be true");
            }
            usage = options.get().flag("include_usage");
            options.get().ignore("include_obfuscation");
            options.get().end();
        }
        ScoreShifts shifts = new ScoreShifts(
                fields.number("presence_penalty", -2, 2, 0),
                fields.number("frequency_penalty", -2, 2, 0),
                bias(fields));
        GenerationSettings settings = new GenerationSettings(
                1,
                fields.number("temperature", 0, 2, 1),
                Math.max(0, fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0)),
                topP(fields),
                fields.number("min_p", 0, 1, 0),
                shifts,
                fields.number("repetition_penalty", 0.01, 100, 1),
                stops(fields),
                stopTokens(fields),
                fields.longInteger("seed", Long.MIN_VALUE, Long.MAX_VALUE)
                        .orElseGet(() -> ThreadLocalRandom.current().nextLong()));
        int choices = fields.integer("n", 1, limits.choices()).orElse(1);
        return new Sampling(settings, choices, stream, usage);
    }

    private static double topP(Fields fields) {
        double topP = fields.number("top_p", 0, 1, 1);
        if (topP == 0) {
            throw ApiError.invalid("top_p", "top_p is 0, expected more than 0 and at most 1");
        }
        return topP;
    }

    private static Map<Integer, Double> bias(Fields fields) {
        Map<Integer, Double> bias = new HashMap<>();
        fields.value("logit_bias").ifPresent(value -> {
            if (!value.isObject()) {
                throw Fields.wrongType("logit_bias", value, "an object of token ids and numbers");
            }
            if (value.size() > Limits.BIASES) {
                throw ApiError.invalid(
                        "logit_bias", "logit_bias has " + value.size() + " tokens, expected at most " + Limits.BIASES);
            }
            value.properties()
                    .forEach(entry -> bias.put(
                            tokenId(entry.getKey()),
                            Fields.number("logit_bias." + entry.getKey(), entry.getValue(), -100, 100)));
        });
        return bias;
    }

    private static int tokenId(String name) {
        if (!name.matches("[0-9]{1,9}")) {
            throw ApiError.invalid("logit_bias", "logit_bias names a token that is not a number, expected token ids");
        }
        return Integer.parseInt(name);
    }

    private static List<String> stops(Fields fields) {
        List<String> stops = new ArrayList<>();
        fields.value("stop").ifPresent(value -> {
            if (value.isTextual()) {
                stops.add(Fields.text("stop", value));
            } else if (value.isArray()) {
                for (int i = 0; i < value.size(); i++) {
                    stops.add(Fields.text("stop[" + i + "]", value.get(i)));
                }
            } else {
                throw Fields.wrongType("stop", value, "a string or an array of strings");
            }
        });
        if (stops.size() > Limits.STOPS) {
            throw ApiError.invalid("stop", "stop has " + stops.size() + " strings, expected at most " + Limits.STOPS);
        }
        for (String stop : stops) {
            if (stop.isEmpty() || stop.length() > Limits.STOP_CHARS) {
                throw ApiError.invalid(
                        "stop",
                        "a stop string has " + stop.length() + " characters, expected 1 to " + Limits.STOP_CHARS);
            }
        }
        return stops;
    }

    private static Set<Integer> stopTokens(Fields fields) {
        Set<Integer> ids = new LinkedHashSet<>();
        fields.value("stop_token_ids").ifPresent(value -> {
            if (!value.isArray() || value.size() > Limits.BIASES) {
                throw Fields.wrongType("stop_token_ids", value, "an array of at most " + Limits.BIASES + " token ids");
            }
            for (JsonNode id : value) {
                ids.add((int) Fields.integer("stop_token_ids", id, 0, Integer.MAX_VALUE));
            }
        });
        return ids;
    }

    /** The same with a grammar that answers keep to. */
    Sampling withGrammar(Grammar grammar) {
        return new Sampling(settings.withGrammar(grammar), choices, stream, includeUsage);
    }

    /** The settings of one of the choices. */
    GenerationSettings settings(int choice, int maxNewTokens) {
        return settings.withMaxNewTokens(maxNewTokens).withSeed(settings.seed() + choice);
    }
}
