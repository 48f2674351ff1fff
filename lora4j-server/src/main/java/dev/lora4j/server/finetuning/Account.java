package dev.lora4j.server.finetuning;

/**
 * Who asks: files, jobs and models belong to the one who made them.
 *
 * @param name of the key, never the key
 * @param seesAll whether the others' are visible too
 */
public record Account(String name, boolean seesAll) {
    boolean sees(String owner) {
        return seesAll || name.equals(owner);
    }
}
