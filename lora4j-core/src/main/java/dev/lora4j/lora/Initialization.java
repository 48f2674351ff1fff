package dev.lora4j.lora;

/** How A begins; B begins at zero, so that the adapter changes nothing at first. */
public enum Initialization {
    /** Uniform in ±1/√in: PEFT's and loralib's default (Kaiming uniform with a = √5). */
    KAIMING,
    /** Normal with deviation 1/rank. */
    GAUSSIAN
}
