package dev.lora4j.server;

import dev.lora4j.data.Tokenizer;
import dev.lora4j.generation.TokenScores;
import dev.lora4j.generation.TokenScores.Scored;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How likely tokens were, in the two shapes that OpenAI's API has for it. */
final class Logprobs {
    /** Stands for minus infinity, which JSON has no number for. */
    private static final double LEAST = -9999;

    private static final char REPLACEMENT = '\uFFFD';

    private Logprobs() {}

    /** Of a chat. */
    record Chat(List<Token> content, @Nullable String refusal) {
        record Token(String token, double logprob, @Nullable List<Integer> bytes, List<Top> topLogprobs) {}

        record Top(String token, double logprob, @Nullable List<Integer> bytes) {}
    }

    /** Of a completion; the first token of an echoed prompt has none. */
    record Completion(
            List<String> tokens,
            List<@Nullable Double> tokenLogprobs,
            @Nullable List<@Nullable Map<String, Double>> topLogprobs,
            List<Integer> textOffset) {}

    static Chat chat(List<TokenScores> scores, Tokenizer tokenizer) {
        return new Chat(
                scores.stream()
                        .map(each -> new Chat.Token(
                                text(tokenizer, each.token().id()),
                                number(each.token()),
                                bytes(tokenizer, each.token().id()),
                                each.likeliest().stream()
                                        .map(top -> new Chat.Top(
                                                text(tokenizer, top.id()), number(top), bytes(tokenizer, top.id())))
                                        .toList()))
                        .toList(),
                null);
    }

    /**
     * Of a run of tokens.
     *
     * @param first a token before the scored ones that nothing is known of, or a negative number
     * @param offset of the first token's text in the whole
     */
    static Completion completion(
            int first, List<TokenScores> scores, boolean withTop, int offset, Tokenizer tokenizer) {
        List<String> tokens = new ArrayList<>();
        List<@Nullable Double> logprobs = new ArrayList<>();
        List<@Nullable Map<String, Double>> tops = new ArrayList<>();
        if (first >= 0) {
            tokens.add(text(tokenizer, first));
            logprobs.add(null);
            tops.add(null);
        }
        for (TokenScores each : scores) {
            tokens.add(text(tokenizer, each.token().id()));
            logprobs.add(number(each.token()));
            Map<String, Double> top = new LinkedHashMap<>();
            each.likeliest().forEach(one -> top.putIfAbsent(text(tokenizer, one.id()), number(one)));
            tops.add(top);
        }
        return new Completion(tokens, logprobs, withTop ? tops : null, offsets(tokens, offset));
    }

    private static List<Integer> offsets(List<String> tokens, int first) {
        List<Integer> offsets = new ArrayList<>();
        int offset = first;
        for (String token : tokens) {
            offsets.add(offset);
            offset += token.length();
        }
        return offsets;
    }

    static String text(Tokenizer tokenizer, int id) {
        return tokenizer.decode(new int[] {id}, false);
    }

    /** The token's text in UTF-8; null where it is part of a character only. */
    private static @Nullable List<Integer> bytes(Tokenizer tokenizer, int id) {
        String text = text(tokenizer, id);
        if (text.indexOf(REPLACEMENT) >= 0) {
            return null;
        }
        List<Integer> bytes = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(each & 0xff);
        }
        return bytes;
    }

    private static double number(Scored scored) {
        return Math.max(LEAST, scored.logprob());
    }
}
