package dev.lora4j.formats.hub;

/**
 * A file as the hub announces it.
 *
 * @param digest 64 hexadecimal digits: SHA-256 of the content; 40: Git's SHA-1 of it
 */
record RemoteFile(String name, String digest, long size) {}
