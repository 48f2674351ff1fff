package dev.lora4j.server;

import dev.lora4j.server.finetuning.FineTuning;
import dev.lora4j.server.web.WebPage;
import io.javalin.http.HandlerType;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Every route that there is, with what it asks of its callers. */
final class Routes {
    private Routes() {}

    static List<Route> inference(Inference inference) {
        return List.of(
                Route.post("/v1/chat/completions", Permission.INFER, new ChatHandler(inference)),
                Route.post("/v1/completions", Permission.INFER, new CompletionHandler(inference)),
                Route.post("/v1/embeddings", Permission.INFER, context -> {
                    throw ApiError.invalid("model", "this server's base is a decoder and makes no embeddings");
                }));
    }

    static List<Route> embeddings(Embedder embedder, ServedModels models, Limits limits) {
        return List.of(
                Route.post("/v1/embeddings", Permission.INFER, new EmbeddingsHandler(embedder, models, limits)),
                Route.post("/v1/chat/completions", Permission.INFER, Routes::saysNothing),
                Route.post("/v1/completions", Permission.INFER, Routes::saysNothing));
    }

    private static void saysNothing(io.javalin.http.Context context) {
        throw ApiError.invalid("model", "this server's base is an encoder: it makes embeddings and says nothing");
    }

    static List<Route> models(ServedModels models) {
        ModelsHandler handler = new ModelsHandler(models);
        return List.of(
                Route.get("/v1/models", Permission.INFER, handler::list),
                Route.get("/v1/models/<id>", Permission.INFER, handler::get));
    }

    static List<Route> adapters(AdapterLoader loader, ServedModels models, AdapterRoot root, Limits limits) {
        AdapterHandler handler = new AdapterHandler(loader, models, root, limits);
        return List.of(
                new Route(HandlerType.POST, "/v1/load_lora_adapter", Permission.ADMIN, handler::load),
                new Route(HandlerType.POST, "/v1/unload_lora_adapter", Permission.ADMIN, handler::unload),
                new Route(HandlerType.POST, "/v1/rollback_lora_adapter", Permission.ADMIN, handler::rollback));
    }

    static List<Route> page(PageEntrance entrance) {
        return WebPage.of(entrance, Clock.systemUTC()).routes().stream()
                .map(route -> new Route(route.method(), route.path(), Permission.PAGE, route.handler()))
                .toList();
    }

    static List<Route> fineTuning(FineTuning fineTuning, ServedModels models, Limits limits) {
        FilesHandler files = new FilesHandler(fineTuning.files());
        FineTuningHandler jobs = new FineTuningHandler(fineTuning, models, limits);
        String job = "/v1/fine_tuning/jobs/{id}";
        return List.of(
                Route.form("/v1/files", Permission.TRAIN, files::upload),
                Route.get("/v1/files", Permission.TRAIN, files::list),
                Route.get("/v1/files/{id}", Permission.TRAIN, files::get),
                Route.get("/v1/files/{id}/content", Permission.TRAIN, files::content),
                Route.delete("/v1/files/{id}", Permission.TRAIN, files::delete),
                Route.post("/v1/fine_tuning/jobs", Permission.TRAIN, jobs::create),
                Route.get("/v1/fine_tuning/jobs", Permission.TRAIN, jobs::list),
                Route.get(job, Permission.TRAIN, jobs::get),
                Route.form(job + "/cancel", Permission.TRAIN, jobs::cancel),
                Route.form(job + "/pause", Permission.TRAIN, jobs::pause),
                Route.form(job + "/resume", Permission.TRAIN, jobs::resume),
                Route.get(job + "/events", Permission.TRAIN, jobs::events),
                Route.get(job + "/checkpoints", Permission.TRAIN, jobs::checkpoints),
                Route.delete("/v1/models/<id>", Permission.TRAIN, jobs::deleteModel));
    }

    static List<Route> operations(BooleanSupplier ready, ServerMetrics metrics) {
        HealthHandler health = new HealthHandler(ready);
        return List.of(
                Route.get("/health", Permission.OPEN, health::health),
                Route.get("/ready", Permission.OPEN, health::ready),
                Route.get("/metrics", Permission.ADMIN, metrics::scrape));
    }
}
