package dev.lora4j.model;

/**
 * Who may share pages of keys and values with whom: all of one owner, if their tokens are equal.
 *
 * <p>It must tell apart whatever keys and values depend on beside the tokens. The base is not part of it, since pages
 * belong to one model.
 *
 * @param adapter digest of the adapter's content, its scalings included; empty for the base alone
 * @param tenant those who may learn from each other's times of answer what has been asked before
 */
public record KvOwner(String adapter, String tenant) {
    /** The base alone, for one tenant. */
    public static KvOwner base(String tenant) {
        return new KvOwner("", tenant);
    }
}
