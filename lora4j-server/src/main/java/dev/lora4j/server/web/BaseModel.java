package dev.lora4j.server.web;

import java.util.Optional;

/**
 * The model under all adapters.
 *
 * @param contextTokens most tokens of a sequence, prompt and new ones
 * @param chats false of an encoder, which makes embeddings and says nothing
 * @param traffic empty where the visitor may not see it
 */
public record BaseModel(String name, int contextTokens, boolean chats, Optional<Traffic> traffic) {}
