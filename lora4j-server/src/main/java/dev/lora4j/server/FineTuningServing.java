package dev.lora4j.server;

import dev.lora4j.lora.AdapterException;
import dev.lora4j.server.finetuning.Serving;
import java.nio.file.Path;

/** Fine-tuned models among the models that are served. Safe for any number of threads. */
final class FineTuningServing implements Serving {
    private final AdapterLoader loader;
    private final ServedModels models;
    private final Engine engine;

    FineTuningServing(AdapterLoader loader, ServedModels models, Engine engine) {
        this.loader = loader;
        this.models = models;
        this.engine = engine;
    }

    @Override
    public String base() {
        return models.base();
    }

    @Override
    public boolean isBusy() {
        return engine.isBusy();
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
