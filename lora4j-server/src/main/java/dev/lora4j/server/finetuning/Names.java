package dev.lora4j.server.finetuning;

import java.security.SecureRandom;

/** Ids that nobody can guess, of letters and digits. */
final class Names {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 24;
    private static final int MODEL_LENGTH = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    private Names() {}

    /** Such as {@code ftjob-3kF…}. */
    static String id(String prefix) {
        return prefix + random(ID_LENGTH);
    }

    /** {@code ft:BASE:ORG:SUFFIX:ID}. */
    static String model(String base, String organization, String suffix) {
        return "ft:" + base + ":" + organization + ":" + suffix + ":" + random(MODEL_LENGTH);
    }

    /** Of the model as it was after a step. */
    static String checkpoint(String model, long step) {
        return model + ":ckpt-step-" + step;
    }

    private static String random(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
