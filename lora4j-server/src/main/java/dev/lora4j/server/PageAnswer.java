package dev.lora4j.server;

import dev.lora4j.generation.FinishReason;
import dev.lora4j.server.web.PendingAnswer;
import jakarta.servlet.http.HttpServletRequest;
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

    PageAnswer(Inference inference, Caller caller, ChatRequest request) {
        this.inference = inference;
        this.caller = caller;
        this.request = request;
    }

    @Override
    public Ending read(HttpServletRequest browser, PieceTaker taker) {
        try {
            return read(new ReplyReader(submit(), 1, ClientConnection.of(browser)), taker);
        } catch (ClientGoneException e) {
            if (isStopped()) {
                return new Ending(Ending.Reason.STOPPED, 0);
            }
            throw e;
        } catch (ApiError e) {
            throw PageWorkbench.refusal(e);
        }
    }

    private static Ending read(ReplyReader reader, PieceTaker taker) {
        Answer answer = new Answer();
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
        return new Ending(
                reason[0] == FinishReason.LENGTH ? Ending.Reason.LENGTH : Ending.Reason.COMPLETE, answer.said());
    }

    private Reply submit() {
        ModelLease lease = caller.lease(inference.models(), request.model());
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
        Reply submitted = inference.submit(lease, List.of(ask), request.sampling(), OptionalInt.empty(), false);
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
