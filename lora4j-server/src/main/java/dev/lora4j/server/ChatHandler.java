package dev.lora4j.server;

import dev.lora4j.data.ChatPrompt;
import dev.lora4j.formats.Lora4jException;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/chat/completions}. */
final class ChatHandler implements Handler {
    private final Inference inference;

    ChatHandler(Inference inference) {
        this.inference = inference;
    }

    @Override
    public void handle(Context context) {
        ChatRequest request = ChatRequest.of(RequestBody.fields(context, inference.limits()), inference.limits());
        ModelLease lease = Caller.of(context).lease(inference.models(), request.model());
        String fingerprint = inference.fingerprint(lease);
        AccessLog.model(context, lease);
        Inference.Ask ask;
        try {
            ask = inference.ask(
                    "messages",
                    tokens(request),
                    request.maxTokens(),
                    inference.limits().chatTokens());
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
        Sampling sampling = request.sampling();
        Reply reply = inference.submit(Origin.of(context), lease, List.of(ask), sampling, request.likeliest(), false);
        Caller.of(context).quota().tell(context);
        ReplyReader reader = new ReplyReader(reply, sampling.choices(), ClientConnection.of(context.req()));
        ChatWriter writer = new ChatWriter(request, fingerprint, inference.tokenizer(), ask.tokens().length);
        if (sampling.stream()) {
            writer.stream(reader, new EventStream(context.res()));
        } else {
            Responses.json(context, 200, writer.whole(reader));
        }
        AccessLog.usage(context, writer.usage());
    }

    private int[] tokens(ChatRequest request) {
        try {
            return ChatPrompt.encode(inference.tokenizer(), request.messages(), List.of());
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
