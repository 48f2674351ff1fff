package dev.lora4j.server.web;

/**
 * What a model has been asked since the server started.
 *
 * @param requests that named it
 * @param tokensIn of their prompts
 * @param tokensOut of its answers
 */
public record Traffic(long requests, long tokensIn, long tokensOut) {}
