package dev.lora4j.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A model as the API lists it.
 *
 * @param parent the base of an adapter, as vLLM tells it
 * @param maxModelLen most tokens of a sequence, prompt and new ones, as vLLM tells it
 * @param digest of an adapter's content; absent until it was first read
 */
record ModelObject(
        String id,
        String object,
        long created,
        String ownedBy,
        int maxModelLen,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String parent,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String digest) {

    static ModelObject base(String id, long created, int maxTokens) {
        return new ModelObject(id, "model", created, "lora4j", maxTokens, null, null);
    }

    /** An adapter over this base. */
    ModelObject adapter(String name, long seconds, @Nullable String content) {
        return new ModelObject(name, object, seconds, ownedBy, maxModelLen, id, content);
    }
}
