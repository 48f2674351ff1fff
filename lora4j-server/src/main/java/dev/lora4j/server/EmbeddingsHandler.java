package dev.lora4j.server;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** {@code POST /v1/embeddings}. */
final class EmbeddingsHandler implements Handler {
    /** Texts of a request, as in OpenAI's API. */
    static final int MAX_TEXTS = 2048;

    private final Embedder embedder;
    private final ServedModels models;
    private final Limits limits;

    EmbeddingsHandler(Embedder embedder, ServedModels models, Limits limits) {
        this.embedder = embedder;
        this.models = models;
        this.limits = limits;
    }

    record EmbeddingList(String object, List<Item> data, String model, TextUsage usage) {}

    /** A vector as numbers, or as little-endian float32 in Base64. */
    record Item(String object, int index, Object embedding) {}

    record TextUsage(int promptTokens, int totalTokens) {}

    @Override
    public void handle(Context context) throws InterruptedException {
        Fields fields = RequestBody.fields(context, limits);
        String model = fields.requiredText("model");
        List<AdapterWeight> adapters = AdapterWeight.read(fields);
        List<PromptText> texts = texts(fields.value("input").orElseThrow(() -> fields.missing("input")));
        boolean base64 = isBase64(fields);
        fields.refuse("dimensions", value -> false);
        fields.ignore("user");
        fields.end();
        try (ModelLease lease = Caller.of(context).lease(models, model, adapters)) {
            AccessLog.model(context, lease);
            List<int[]> tokens = texts.stream().map(embedder::tokens).toList();
            List<float[]> vectors = embed(Caller.of(context).quota(), tokens, lease);
            Caller.of(context).quota().tell(context);
            List<Item> data = new ArrayList<>();
            for (int i = 0; i < vectors.size(); i++) {
                data.add(new Item("embedding", i, base64 ? base64(vectors.get(i)) : vectors.get(i)));
            }
            int read = tokens.stream().mapToInt(text -> text.length).sum();
            Responses.json(context, 200, new EmbeddingList("list", data, model, new TextUsage(read, read)));
            AccessLog.usage(context, Usage.of(read, 0));
        }
    }

    private List<float[]> embed(Quota quota, List<int[]> tokens, ModelLease lease) throws InterruptedException {
        quota.enter(1);
        try {
            List<float[]> vectors = embedder.embed(tokens, lease.adapters());
            quota.spend(tokens.stream().mapToLong(text -> text.length).sum());
            return vectors;
        } finally {
            quota.leave(1);
        }
    }

    private static boolean isBase64(Fields fields) {
        String format = fields.text("encoding_format").orElse("float");
        if (!format.equals("float") && !format.equals("base64")) {
            throw ApiError.invalid("encoding_format", "encoding_format is not known, expected float or base64");
        }
        return format.equals("base64");
    }

    private static List<PromptText> texts(JsonNode input) {
        if (!input.isArray() || (!input.isEmpty() && input.get(0).isNumber())) {
            return List.of(PromptText.of("input", input));
        }
        if (input.isEmpty() || input.size() > MAX_TEXTS) {
            throw ApiError.invalid("input", "input has " + input.size() + " texts, expected 1 to " + MAX_TEXTS);
        }
        List<PromptText> texts = new ArrayList<>();
        for (int i = 0; i < input.size(); i++) {
            texts.add(PromptText.of("input[" + i + "]", input.get(i)));
        }
        return texts;
    }

    private static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * vector.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
