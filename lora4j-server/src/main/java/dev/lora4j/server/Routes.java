package dev.lora4j.server;

import io.javalin.http.HandlerType;
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

    static List<Route> operations(BooleanSupplier ready, ServerMetrics metrics) {
        HealthHandler health = new HealthHandler(ready);
        return List.of(
                Route.get("/health", Permission.OPEN, health::health),
                Route.get("/ready", Permission.OPEN, health::ready),
                Route.get("/metrics", Permission.ADMIN, metrics::scrape));
    }
}
