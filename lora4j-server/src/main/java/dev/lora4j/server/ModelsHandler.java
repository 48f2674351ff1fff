package dev.lora4j.server;

import io.javalin.http.Context;
import java.util.List;

/** {@code GET /v1/models} and {@code GET /v1/models/NAME}; a key sees the models that it may use. */
final class ModelsHandler {
    private final ServedModels models;

    ModelsHandler(ServedModels models) {
        this.models = models;
    }

    record ModelList(String object, List<ModelObject> data) {}

    void list(Context context) {
        Caller caller = Caller.of(context);
        List<ModelObject> allowed = models.list().stream()
                .filter(model -> caller.mayUse(models, model.id()))
                .toList();
        Responses.json(context, 200, new ModelList("list", allowed));
    }

    void get(Context context) {
        String name = context.pathParam("id");
        if (!Caller.of(context).mayUse(models, name)) {
            throw ApiError.modelNotFound(ServedModels.shortened(name));
        }
        Responses.json(context, 200, models.get(name));
    }
}
