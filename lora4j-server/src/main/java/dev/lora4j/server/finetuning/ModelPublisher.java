package dev.lora4j.server.finetuning;

import java.nio.file.Path;

/** Serves adapters under the names of fine-tuned models. Safe for any number of threads. */
public interface ModelPublisher {
    /**
     * Serves a folder's adapter under a name from now on.
     *
     * @param owner who may use it, whatever models the key is for
     * @throws dev.lora4j.formats.Lora4jException if it cannot be served
     */
    void publish(String name, String owner, Path folder);

    /** Serves it no more; requests that run keep it. A name that is not served is passed over. */
    void remove(String name);
}
