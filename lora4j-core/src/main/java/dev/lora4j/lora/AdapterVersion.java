package dev.lora4j.lora;

/**
 * Which adapter a name stood for at some time.
 *
 * @param name as published
 * @param number from 1, never used twice in one registry
 * @param digest of its content; equal content has an equal digest, so caches may be keyed by it
 */
public record AdapterVersion(String name, long number, String digest) {}
