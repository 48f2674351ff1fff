package dev.lora4j.server;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** {@code POST /v1/completions}. */
final class CompletionHandler implements Handler {
    private final Inference inference;

    CompletionHandler(Inference inference) {
        this.inference = inference;
    }

    @Override
    public void handle(Context context) {
        Fields fields = RequestBody.fields(context, inference.limits());
        List<AdapterWeight> adapters = AdapterWeight.read(fields);
        CompletionRequest request = CompletionRequest.of(fields, inference.limits());
        ModelLease lease = Caller.of(context).lease(inference.models(), request.model(), adapters);
        String fingerprint = inference.fingerprint(lease);
        AccessLog.model(context, lease);
        List<Inference.Ask> asks = new ArrayList<>();
        try {
            for (PromptText prompt : request.prompts()) {
                int[] tokens = prompt.tokens(inference.tokenizer());
                asks.add(inference.ask(prompt.path(), tokens, OptionalInt.of(request.maxTokens()), 0));
            }
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
        boolean scorePrompts = request.echo() && request.likeliest().isPresent();
        Reply reply = inference.submit(
                WorkOrigin.of(context), lease, asks, request.sampling(), request.likeliest(), scorePrompts);
        Caller.of(context).quota().tell(context);
        int sequences = asks.size() * request.sampling().choices();
        ReplyReader reader = new ReplyReader(reply, sequences, ClientConnection.of(context.req()));
        CompletionWriter writer = new CompletionWriter(request, fingerprint, inference.tokenizer(), asks);
        if (request.sampling().stream()) {
            writer.stream(reader, new EventStream(context.res()));
        } else {
            Responses.json(context, 200, writer.whole(reader));
        }
        AccessLog.usage(context, writer.usage());
        RequestSpans.finished(context, writer.finishReasons());
    }
}
