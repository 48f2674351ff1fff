package dev.lora4j.server;

import dev.lora4j.generation.FinishReason;
import dev.lora4j.server.web.PendingAnswer;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The answer to a chat, computed by the engine like any other. What is shared between threads is guarded by itself. */
final class PageAnswer implements PendingAnswer {
    private final Inference inference;
    private final Caller caller;
    private final ChatRequest request;
    private @Nullable Reply reply;
    private boolean stopped;
    private int promptTokens; // of the thread that reads

    PageAnswer(Inference inference, Caller caller, ChatRequest request) {
        this.inference = inference;
        this.caller = caller;
        this.request = request;
    }

    @Override
    public Ending read(HttpServletRequest browser, PieceTaker taker) throws IOException {
        try {
            ReplyReader reader = new ReplyReader(submit(browser), 1, ClientConnection.of(browser));
            Answer answer = new Answer();
            FinishReason reason = read(reader, answer, taker);
            AccessLog.usage(browser, Usage.of(promptTokens, answer.said()));
            return new Ending(
                    reason == FinishReason.LENGTH ? Ending.Reason.LENGTH : Ending.Reason.COMPLETE, answer.said());
        } catch (ClientGoneException e) {
            if (isStopped()) {
                return new Ending(Ending.Reason.STOPPED, 0);
            }
            throw new IOException("the browser has gone", e);
        } catch (ApiError e) {
            throw PageWorkbench.refusal(e);
        }
    }

    private static FinishReason read(ReplyReader reader, Answer answer, PieceTaker taker) {
        FinishReason[] reason = {FinishReason.STOP};
        reader.read(event -> {
            answer.takeInStream(event);
            if (event instanceof Event.Token token && !token.text().isEmpty()) {
                taker.take(token.text());
            } else if (event instanceof Event.Rest rest) {
                taker.take(rest.text());
            } else if (event instanceof Event.Ended ended) {
                reason[0] = ended.reason();
            }
        });
        return reason[0];
    }

    private Reply submit(HttpServletRequest browser) {
        ModelLease lease = caller.lease(inference.models(), request.model());
        AccessLog.model(browser, lease.name());
        Inference.Ask ask;
        try {
            ask = inference.ask(
                    "messages",
                    ChatHandler.tokens(inference.tokenizer(), request),
                    request.maxTokens(),
                    inference.limits().chatTokens());
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
        promptTokens = ask.tokens().length;
        Reply submitted = inference.submit(
                WorkOrigin.of(caller), lease, List.of(ask), request.sampling(), OptionalInt.empty(), false);
        synchronized (this) {
            reply = submitted;
            if (stopped) {
                submitted.cancel();
            }
        }
        return submitted;
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        if (reply != null) {
            reply.cancel();
        }
    }
}
