package dev.lora4j.server;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.generation.TokenScores;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes what comes of a completion, whole or in pieces. Confined to the thread that answers. */
final class CompletionWriter {
    private final String id = Identifier.next("cmpl-");
    private final long created = Instant.now().getEpochSecond();
    private final CompletionRequest request;
    private final String fingerprint;
    private final Tokenizer tokenizer;
    private final List<Inference.Ask> asks;
    private final List<Answer> answers;
    private final List<String> echoes = new ArrayList<>(); // by prompt

    CompletionWriter(CompletionRequest request, String fingerprint, Tokenizer tokenizer, List<Inference.Ask> asks) {
        this.request = request;
        this.fingerprint = fingerprint;
        this.tokenizer = tokenizer;
        this.asks = asks;
        this.answers = ChatHandler.answers(asks.size() * request.sampling().choices());
        for (int i = 0; i < asks.size(); i++) {
            echoes.add(request.echo() ? echo(i) : "");
        }
    }

    private String echo(int prompt) {
        return request.prompts().get(prompt) instanceof PromptText.Text text
                ? text.text()
                : tokenizer.decode(asks.get(prompt).tokens(), false);
    }

    private int prompt(int choice) {
        return choice / request.sampling().choices();
    }

    /** How each choice ended. */
    List<String> finishReasons() {
        return answers.stream().map(Answer::finishReason).toList();
    }

    Usage usage() {
        return Usage.of(
                asks.stream().mapToInt(ask -> ask.tokens().length).sum(),
                answers.stream().mapToInt(Answer::said).sum(),
                IntStream.range(0, asks.size()).map(this::cached).sum());
    }

    /** Tokens of a prompt that none of its choices had to read. */
    private int cached(int prompt) {
        int choices = request.sampling().choices();
        return answers.subList(prompt * choices, (prompt + 1) * choices).stream()
                .mapToInt(Answer::cached)
                .min()
                .orElse(0);
    }

    TextCompletion whole(ReplyReader reader) {
        reader.read(event -> answers.get(event.choice()).take(event));
        List<TextCompletion.Choice> choices = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            choices.add(new TextCompletion.Choice(
                    echoes.get(prompt(i)) + answer.text(), i, logprobs(i), answer.finishReason()));
        }
        return completion(choices, usage());
    }

    private Logprobs.@Nullable Completion logprobs(int choice) {
        if (request.likeliest().isEmpty()) {
            return null;
        }
        List<TokenScores> scores = new ArrayList<>(answers.get(choice).promptScores());
        answers.get(choice).tokens().forEach(token -> token.scores().ifPresent(scores::add));
        return logprobs(request.echo() ? asks.get(prompt(choice)).tokens()[0] : -1, scores, 0);
    }

    private Logprobs.Completion logprobs(int first, List<TokenScores> scores, int offset) {
        return Logprobs.completion(first, scores, request.likeliest().orElse(0) > 0, offset, tokenizer);
    }

    void stream(ReplyReader reader, EventStream stream) {
        try {
            reader.read(event -> piece(event, stream));
            if (request.sampling().includeUsage()) {
                stream.send(completion(List.of(), usage()));
            }
            stream.done();
        } catch (ApiError e) {
            Responses.failStream(stream, e);
        } catch (IOException e) {
            throw new ClientGoneException("writing to it failed", e);
        }
    }

    private void piece(Event event, EventStream stream) throws IOException {
        Answer answer = answers.get(event.choice());
        int offset = echoes.get(prompt(event.choice())).length() + answer.sentChars();
        if (answer.isFresh() && request.echo()) {
            echo(event, stream);
        }
        answer.takeInStream(event);
        if (event instanceof Event.Token token) {
            List<TokenScores> scores = token.scores().stream().toList();
            if (!scores.isEmpty() || !token.text().isEmpty()) {
                send(
                        stream,
                        token.choice(),
                        token.text(),
                        request.likeliest().isPresent() ? logprobs(-1, scores, offset) : null,
                        null);
            }
        } else if (event instanceof Event.Rest rest) {
            send(stream, rest.choice(), rest.text(), null, null);
        } else if (event instanceof Event.Ended ended) {
            send(stream, ended.choice(), "", null, Answer.finishReason(ended.reason()));
        }
    }

    private void echo(Event first, EventStream stream) throws IOException {
        Logprobs.Completion logprobs = null;
        int prompt = prompt(first.choice());
        if (first instanceof Event.PromptScored scored) {
            logprobs = logprobs(asks.get(prompt).tokens()[0], scored.scores(), 0);
        }
        send(stream, first.choice(), echoes.get(prompt), logprobs, null);
    }

    private void send(
            EventStream stream,
            int choice,
            String text,
            Logprobs.@Nullable Completion logprobs,
            @Nullable String finishReason)
            throws IOException {
        stream.send(completion(
                List.of(new TextCompletion.Choice(text, choice, logprobs, finishReason)),
                request.sampling().includeUsage() ? NullNode.getInstance() : null));
    }

    private TextCompletion completion(List<TextCompletion.Choice> choices, @Nullable Object usage) {
        return new TextCompletion(id, "text_completion", created, request.model(), fingerprint, choices, usage);
    }
}
