package dev.lora4j.server;

import dev.lora4j.formats.Lora4jException;
import dev.lora4j.lora.AdapterException;
import io.javalin.http.Context;
import java.nio.file.Path;
import java.time.Duration;

/** vLLM's {@code /v1/load_lora_adapter} and {@code /v1/unload_lora_adapter}, for folders of the server's own only. */
final class AdapterHandler {
    /** How long an unload waits for the requests that use the adapter. */
    static final Duration UNLOAD_WAIT = Duration.ofSeconds(10);

    private static final Duration CHECK = Duration.ofMillis(20);

    private final AdapterLoader loader;
    private final ServedModels models;
    private final AdapterRoot root;
    private final Limits limits;

    AdapterHandler(AdapterLoader loader, ServedModels models, AdapterRoot root, Limits limits) {
        this.loader = loader;
        this.models = models;
        this.root = root;
        this.limits = limits;
    }

    /**
     * What has become of a name.
     *
     * @param inUse requests that still run with it
     */
    record Unloaded(String id, String object, boolean unloaded, int inUse) {}

    void load(Context context) {
        Fields fields = RequestBody.fields(context, limits);
        String name = fields.requiredText("lora_name");
        String folder = fields.text("lora_path").orElse(name);
        boolean inPlace = fields.flag("load_inplace");
        fields.end();
        if (!AdapterName.isAllowed(name)) {
            throw ApiError.invalid("lora_name", AdapterName.rule("lora_name"));
        }
        Path path = root.folder("lora_path", folder);
        if (!inPlace && loader.has(name)) {
            throw ApiError.invalid(
                    "lora_name",
                    "The lora adapter '" + name + "' has already been loaded. If you want to"
                            + " load the adapter in place, set 'load_inplace' to True.");
        }
        try {
            loader.load(name, path);
        } catch (Lora4jException e) {
            throw ApiError.invalid("lora_path", withoutRoot(String.valueOf(e.getMessage())));
        }
        Responses.json(context, 200, models.get(name));
    }

    /** Where the server keeps its files is nobody's business. */
    private String withoutRoot(String message) {
        return message.replace(root.folderPrefix(), "");
    }

    void rollback(Context context) {
        Fields fields = RequestBody.fields(context, limits);
        String name = fields.requiredText("lora_name");
        fields.end();
        if (!loader.has(name)) {
            throw ApiError.modelNotFound(ServedModels.shortened(name));
        }
        try {
            loader.rollback(name);
        } catch (AdapterException e) {
            throw ApiError.conflict(String.valueOf(e.getMessage()));
        }
        Responses.json(context, 200, models.get(name));
    }

    void unload(Context context) throws InterruptedException {
        Fields fields = RequestBody.fields(context, limits);
        String name = fields.requiredText("lora_name");
        fields.ignore("lora_int_id");
        fields.end();
        try {
            loader.unload(name);
        } catch (AdapterException e) {
            throw ApiError.modelNotFound(ServedModels.shortened(name));
        }
        long end = System.nanoTime() + UNLOAD_WAIT.toNanos();
        while (models.leases(name) > 0 && System.nanoTime() < end) {
            Thread.sleep(CHECK.toMillis());
        }
        int inUse = models.leases(name);
        Responses.json(context, inUse == 0 ? 200 : 202, new Unloaded(name, "model", inUse == 0, inUse));
    }
}
