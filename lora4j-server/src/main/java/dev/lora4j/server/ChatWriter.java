package dev.lora4j.server;

import com.fasterxml.jackson.databind.node.NullNode;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.server.ChatCompletion.Chunk;
import dev.lora4j.server.ChatCompletion.ChunkChoice;
import dev.lora4j.server.ChatCompletion.Delta;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Writes what comes of a chat, whole or in pieces. Confined to the thread that answers. */
final class ChatWriter {
    private final String id = Identifier.next("chatcmpl-");
    private final long created = Instant.now().getEpochSecond();
    private final ChatRequest request;
    private final String fingerprint;
    private final Tokenizer tokenizer;
    private final int promptTokens;
    private final List<Answer> answers;
    private final List<ToolAnswer> toolAnswers; // one per choice if functions may be called, else none

    ChatWriter(
            ChatRequest request,
            Optional<ToolFormat> toolFormat,
            String fingerprint,
            Tokenizer tokenizer,
            int promptTokens) {
        this.request = request;
        this.fingerprint = fingerprint;
        this.tokenizer = tokenizer;
        this.promptTokens = promptTokens;
        this.answers = ChatHandler.answers(request.sampling().choices());
        this.toolAnswers = new ArrayList<>();
        toolFormat.ifPresent(
                format -> answers.forEach(each -> toolAnswers.add(new ToolAnswer(format, request.tools(), tokenizer))));
    }

    Usage usage() {
        return Usage.of(
                promptTokens,
                answers.stream().mapToInt(Answer::said).sum(),
                answers.stream().mapToInt(Answer::cached).min().orElse(0));
    }

    /** How each choice ended. */
    List<String> finishReasons() {
        return IntStream.range(0, answers.size()).mapToObj(this::finishReason).toList();
    }

    ChatCompletion whole(ReplyReader reader) {
        reader.read(event -> {
            answers.get(event.choice()).take(event);
            if (!toolAnswers.isEmpty()) {
                toolAnswers.get(event.choice()).take(event);
            }
        });
        List<ChatCompletion.Choice> choices = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            choices.add(new ChatCompletion.Choice(i, message(i), logprobs(answer.tokens()), finishReason(i)));
        }
        return new ChatCompletion(id, "chat.completion", created, request.model(), fingerprint, choices, usage());
    }

    private ChatCompletion.Message message(int choice) {
        if (toolAnswers.isEmpty()) {
            return new ChatCompletion.Message("assistant", answers.get(choice).text(), null, null);
        }
        ToolAnswer answer = toolAnswers.get(choice);
        return new ChatCompletion.Message(
                "assistant", answer.text(), null, answer.calls().orElse(null));
    }

    private String finishReason(int choice) {
        boolean calls =
                !toolAnswers.isEmpty() && toolAnswers.get(choice).calls().isPresent();
        return calls && answers.get(choice).isWhole()
                ? "tool_calls"
                : answers.get(choice).finishReason();
    }

    private Logprobs.@Nullable Chat logprobs(List<Event.Token> tokens) {
        return request.likeliest().isEmpty()
                ? null
                : Logprobs.chat(
                        tokens.stream()
                                .flatMap(token -> token.scores().stream())
                                .toList(),
                        tokenizer);
    }

    void stream(ReplyReader reader, EventStream stream) {
        try {
            reader.read(event -> piece(event, stream));
            if (request.sampling().includeUsage()) {
                stream.send(chunk(List.of(), usage()));
            }
            stream.done();
        } catch (ApiError e) {
            Responses.failStream(stream, e);
        } catch (IOException e) {
            throw new ClientGoneException("writing to it failed", e);
        }
    }

    private void piece(Event event, EventStream stream) throws IOException {
        if (!stream.hasBegun()) {
            for (int i = 0; i < answers.size(); i++) {
                send(stream, new ChunkChoice(i, new Delta("assistant", "", null), null, null));
            }
        }
        answers.get(event.choice()).takeInStream(event);
        if (!toolAnswers.isEmpty()) {
            toolPiece(event, stream);
        } else if (event instanceof Event.Token token) {
            boolean told = request.likeliest().isPresent();
            if (told || !token.text().isEmpty()) {
                Delta delta = new Delta(null, token.text(), null);
                send(stream, new ChunkChoice(token.choice(), delta, logprobs(List.of(token)), null));
            }
        } else if (event instanceof Event.Rest rest) {
            send(stream, new ChunkChoice(rest.choice(), new Delta(null, rest.text(), null), null, null));
        } else if (event instanceof Event.Ended ended) {
            sendEnd(ended, stream);
        }
    }

    private void toolPiece(Event event, EventStream stream) throws IOException {
        Logprobs.@Nullable Chat scores =
                event instanceof Event.Token token && request.likeliest().isPresent() ? logprobs(List.of(token)) : null;
        List<Delta> deltas = toolAnswers.get(event.choice()).take(event);
        if (scores != null && deltas.isEmpty()) {
            deltas = List.of(new Delta(null, null, null));
        }
        for (Delta delta : deltas) {
            send(stream, new ChunkChoice(event.choice(), delta, scores, null));
            scores = null; // told once
        }
        if (event instanceof Event.Ended ended) {
            sendEnd(ended, stream);
        }
    }

    private void sendEnd(Event.Ended ended, EventStream stream) throws IOException {
        Delta nothing = new Delta(null, null, null);
        send(stream, new ChunkChoice(ended.choice(), nothing, null, finishReason(ended.choice())));
    }

    private void send(EventStream stream, ChunkChoice choice) throws IOException {
        stream.send(chunk(List.of(choice), request.sampling().includeUsage() ? NullNode.getInstance() : null));
    }

    private Chunk chunk(List<ChunkChoice> choices, @Nullable Object usage) {
        return new Chunk(id, "chat.completion.chunk", created, request.model(), fingerprint, choices, usage);
    }
}
