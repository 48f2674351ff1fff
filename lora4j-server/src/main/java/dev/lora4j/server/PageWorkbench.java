package dev.lora4j.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.server.web.AdapterCard;
import dev.lora4j.server.web.BaseModel;
import dev.lora4j.server.web.ChatQuestion;
import dev.lora4j.server.web.Exchange;
import dev.lora4j.server.web.PageException;
import dev.lora4j.server.web.PendingAnswer;
import dev.lora4j.server.web.TrainingDesk;
import dev.lora4j.server.web.Workbench;
import java.util.List;
import java.util.Optional;

/** What one key may see and do in the page: what it may by the API, and nothing else. */
record PageWorkbench(Caller caller, PageModels models) implements Workbench {
    @Override
    public String visitor() {
        return caller.name();
    }

    @Override
    public boolean mayInfer() {
        return caller.may(Permission.INFER);
    }

    @Override
    public BaseModel base() {
        ModelObject base = models.served().get(models.served().base());
        return new BaseModel(
                base.id(),
                base.maxModelLen(),
                models.inference().isPresent(),
                seesFigures() ? Optional.of(models.traffic(base.id())) : Optional.empty());
    }

    /** Figures are for those who may read /metrics. */
    private boolean seesFigures() {
        return caller.may(Permission.ADMIN);
    }

    @Override
    public List<AdapterCard> adapters() {
        return models.adapters(name -> caller.mayUse(models.served(), name), seesFigures());
    }

    @Override
    public List<String> onDisk() {
        return models.onDisk(name -> caller.mayUse(models.served(), name));
    }

    @Override
    public Optional<TrainingDesk> training() {
        return models.training()
                .filter(training -> caller.may(Permission.TRAIN))
                .map(training -> new PageTrainingDesk(caller, models, training));
    }

    @Override
    public PendingAnswer ask(ChatQuestion question) {
        Inference inference = models.inference()
                .orElseThrow(() -> new PageException(404, "The served base is an encoder and says nothing."));
        try {
            return new PageAnswer(inference, caller, ChatRequest.of(Fields.of(body(question)), inference.limits()));
        } catch (ApiError e) {
            throw refusal(e);
        }
    }

    /** The question as a client of the API would ask it, so that it is read and checked in one place. */
    private static ObjectNode body(ChatQuestion question) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("model", question.model());
        body.put("temperature", question.temperature());
        body.put("max_tokens", question.maxTokens());
        ArrayNode messages = body.putArray("messages");
        if (!question.system().isEmpty()) {
            add(messages, "system", question.system());
        }
        for (Exchange exchange : question.before()) {
            add(messages, "user", exchange.question());
            add(messages, "assistant", exchange.answer());
        }
        add(messages, "user", question.question());
        return body;
    }

    private static void add(ArrayNode messages, String role, String content) {
        messages.addObject().put("role", role).put("content", content);
    }

    static PageException refusal(ApiError error) {
        return new PageException(error.status(), error.body().error().message());
    }
}
