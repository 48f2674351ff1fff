package dev.lora4j.samples;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A deterministic split by rule, so that the test holds mistakes never seen in training.
 *
 * <p>A rule's part depends on nothing but the seed and its own id: {@code sha256(seed + ":" + id)}, its first eight bytes
 * as an unsigned number, modulo 100.
 *
 * @param seed another seed is another split
 * @param trainPercent how many of 100 rules go to training
 * @param validationPercent how many of 100 rules go to validation; the rest is the test
 */
public record RuleSplit(long seed, int trainPercent, int validationPercent) {
    /** The split of the quickstart: 70 train, 10 validation, 20 test. */
    public static final RuleSplit DEFAULT = new RuleSplit(0, 70, 10);

    /** Checks that every part gets a share. */
    public RuleSplit {
        if (trainPercent < 1 || validationPercent < 1 || trainPercent + validationPercent > 99) {
            throw new IllegalArgumentException("train " + trainPercent + " % and validation " + validationPercent
                    + " % leave no room: each must be at least 1 and their sum at most 99");
        }
    }

    /** The part that a rule and all its sentences belong to. */
    public Part partOf(String ruleId) {
        byte[] digest = sha256().digest((seed + ":" + ruleId).getBytes(StandardCharsets.UTF_8));
        long bucket = Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), 100);
        if (bucket < trainPercent) {
            return Part.TRAIN;
        }
        return bucket < trainPercent + validationPercent ? Part.VALIDATION : Part.TEST;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
