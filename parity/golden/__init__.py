"""Expected values computed by transformers and PEFT for the Java tests."""
