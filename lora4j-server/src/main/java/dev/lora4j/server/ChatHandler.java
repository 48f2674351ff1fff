package dev.lora4j.server;

import dev.lora4j.data.ChatPrompt;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.formats.Lora4jException;
import dev.lora4j.grammar.Grammar;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/chat/completions}. */
final class ChatHandler implements Handler {
    private final Inference inference;

    ChatHandler(Inference inference) {
        this.inference = inference;
    }

    @Override
    public void handle(Context context) {
        Fields fields = RequestBody.fields(context, inference.limits());
        List<AdapterWeight> adapters = AdapterWeight.read(fields);
        ChatRequest request = ChatRequest.of(fields, inference.limits());
        ModelLease lease = Caller.of(context).lease(inference.models(), request.model(), adapters);
        String fingerprint = inference.fingerprint(lease);
        AccessLog.model(context, lease);
        Inference.Ask ask;
        Sampling sampling;
        Optional<ToolFormat> tools;
        try {
            tools = toolFormat(request);
            sampling = constrained(request, tools);
            ask = inference.ask(
                    "messages",
                    tokens(inference.tokenizer(), request),
                    request.maxTokens(),
                    inference.limits().chatTokens());
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
        Reply reply =
                inference.submit(WorkOrigin.of(context), lease, List.of(ask), sampling, request.likeliest(), false);
        Caller.of(context).quota().tell(context);
        ReplyReader reader = new ReplyReader(reply, sampling.choices(), ClientConnection.of(context.req()));
        ChatWriter writer = new ChatWriter(request, tools, fingerprint, inference.tokenizer(), ask.tokens().length);
        if (sampling.stream()) {
            writer.stream(reader, new EventStream(context.res()));
        } else {
            Responses.json(context, 200, writer.whole(reader));
        }
        AccessLog.usage(context, writer.usage());
        RequestSpans.finished(context, writer.finishReasons());
    }

    /** How the model calls functions, if it may call any. */
    private Optional<ToolFormat> toolFormat(ChatRequest request) {
        boolean may = !request.tools().tools().isEmpty();
        if (!may && !request.showsCalls()) {
            return Optional.empty();
        }
        ToolFormat format = ToolFormat.of(inference.tokenizer())
                .orElseThrow(() -> ApiError.unsupported(
                        may ? "tools" : "messages",
                        "the chat template of the model " + request.model()
                                + " shows the model no tools, or in a form that is not known here; leave out "
                                + (may ? "tools" : "the messages with tool_calls and of role tool")));
        return may ? Optional.of(format) : Optional.empty();
    }

    /** Makes the answer keep to the response format, and to calls that must be, or must fit their schemas. */
    private Sampling constrained(ChatRequest request, Optional<ToolFormat> tools) {
        try {
            Optional<Grammar> grammar = tools.isPresent() ? grammar(request, tools.get()) : request.format();
            if (grammar.isEmpty()) {
                return request.sampling();
            }
            inference.tokenizer().masks(); // made here, not in the engine
            return request.sampling().withGrammar(grammar.get());
        } catch (Lora4jException e) {
            throw ApiError.unsupported(
                    request.format().isPresent() ? "response_format" : "tools", String.valueOf(e.getMessage()));
        }
    }

    private Optional<Grammar> grammar(ChatRequest request, ToolFormat format) {
        ToolUse use = request.tools();
        if (use.must()) {
            return Optional.of(format.calls(use, inference.tokenizer()));
        }
        if (request.format().isPresent()) {
            return Optional.of(Grammar.either(List.of(
                    format.calls(use, inference.tokenizer()), request.format().get())));
        }
        return use.tools().stream().anyMatch(Tool::strict)
                ? Optional.of(format.perhaps(use, inference.tokenizer()))
                : Optional.empty();
    }

    /** A conversation, and the functions that may be called, as the model's template writes it. */
    static int[] tokens(Tokenizer tokenizer, ChatRequest request) {
        try {
            List<Map<String, @Nullable Object>> tools = request.tools().tools().stream()
                    .map(tool -> PlainValues.map(tool.definition()))
                    .toList();
            return ChatPrompt.encode(tokenizer, request.messages(), tools);
        } catch (Lora4jException e) {
            throw ApiError.invalid("messages", String.valueOf(e.getMessage()));
        }
    }

    /** One fresh answer per choice. */
    static List<Answer> answers(int choices) {
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < choices; i++) {
            answers.add(new Answer());
        }
        return answers;
    }
}
