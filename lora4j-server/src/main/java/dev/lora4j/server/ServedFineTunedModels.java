package dev.lora4j.server;

import dev.lora4j.lora.AdapterException;
import dev.lora4j.server.finetuning.ModelPublisher;
import java.nio.file.Path;

/** Fine-tuned models among the models that are served. Safe for any number of threads. */
final class ServedFineTunedModels implements ModelPublisher {
    private final AdapterLoader loader;
    private final ServedModels models;

    ServedFineTunedModels(AdapterLoader loader, ServedModels models) {
        this.loader = loader;
        this.models = models;
    }

    @Override
    public void publish(String name, String owner, Path folder) {
        models.owned(name, owner);
        loader.publish(name, folder);
    }

    @Override
    public void remove(String name) {
        models.disowned(name);
        try {
            loader.unload(name);
        } catch (AdapterException e) {
            // it was not served, such as one that could not be read at the start
        }
    }
}
