package dev.lora4j.lora;

/** The README.md of an adapter folder, with the header that hubs read. */
final class ModelCard {
    private ModelCard() {}

    static String of(Adapter adapter, String base) {
        return adapter.baseline().map(other -> of(other, adapter, base)).orElseGet(() -> lora(adapter, base));
    }

    private static String of(Baseline baseline, Adapter adapter, String base) {
        return """
                ---
                base_model: %s
                tags:
                - lora4j
                ---

                # %s

                %,d trained parameters for %s. Not a LoRA adapter, and in no form that PEFT knows.

                Load it with `lora4j generate --adapter folder` or `lora4j evaluate --adapter folder`.
                """.formatted(base, baseline, adapter.parameters(), adapter.task());
    }

    private static String lora(Adapter adapter, String base) {
        LoraConfig config = adapter.config();
        return """
                ---
                base_model: %s
                library_name: peft
                tags:
                - lora
                - lora4j
                ---

                # LoRA adapter

                Rank %d, alpha %s, %,d trained parameters in %d adapted layers, for %s.

                Load it with `PeftModel.from_pretrained(base, folder)` or `lora4j generate --adapter folder`.
                """.formatted(
                        base,
                        config.rank(),
                        config.alpha(),
                        adapter.parameters(),
                        adapter.lowRanks().size(),
                        adapter.task());
    }
}
