package dev.lora4j.server.finetuning;

/** What is kept of fine-tuning: files, jobs with their events, and models. */
record Kept(TrainingFiles files, JobStore store, FineTunedModels models) {}
