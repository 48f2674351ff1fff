package dev.lora4j.server.finetuning;

import java.nio.file.Path;

/** What fine-tuning asks of the server beside it. Safe for any number of threads. */
public interface Serving {
    /** What clients call the base. */
    String base();

    /** Whether requests run now, for which jobs leave time. */
    boolean isBusy();

    /**
     * Serves a folder's adapter under the name of a fine-tuned model from now on.
     *
     * @param owner the name of the key that may use it, whatever models the key is for
     * @throws dev.lora4j.formats.Lora4jException if it cannot be served
     */
    void publish(String name, String owner, Path folder);

    /** Serves it no more; requests that run keep it. A name that is not served is passed over. */
    void remove(String name);
}
