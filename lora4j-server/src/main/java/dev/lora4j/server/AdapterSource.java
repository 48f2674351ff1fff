package dev.lora4j.server;

import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterException;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import java.nio.file.Path;

/** Where adapters are read from. Safe for any number of threads. */
interface AdapterSource {
    /** Folders, for a model. */
    static AdapterSource folders(LanguageModel model) {
        return new AdapterSource() {
            @Override
            public Adapter read(Path folder) {
                Adapter adapter = AdapterFolder.read(folder, model);
                if (adapter.virtualTokens().count() > 0) {
                    adapter.close();
                    throw new AdapterException(folder + ": the adapter has virtual tokens, which are not served; use it"
                            + " with generate and evaluate");
                }
                return adapter;
            }

            @Override
            public long bytes(Path folder) {
                ModelTask task = AdapterFolder.task(folder, model.task()); // refuses what is not done here
                if (task != model.task()) {
                    throw new AdapterException(
                            folder + ": the adapter is for " + task + ", the model was loaded for " + model.task());
                }
                return AdapterFolder.bytes(folder);
            }
        };
    }

    /** Reads it; may take long. */
    Adapter read(Path folder);

    /** Memory that it will need. */
    long bytes(Path folder);
}
