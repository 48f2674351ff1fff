package dev.lora4j.server.web;

import java.util.List;
import java.util.Optional;

/** What the server lets one visitor see and do. Every refusal is a {@link PageException}. */
public interface Workbench {
    /** The visitor's key by its name, or a hyphen on a server without keys. */
    String visitor();

    /** Whether the visitor may list and use models. */
    boolean mayInfer();

    /** The model under all adapters. */
    BaseModel base();

    /** The adapters that the visitor may use, by name. */
    List<AdapterCard> adapters();

    /** Names of those that the visitor may use and that are in their folders only, until somebody asks them. */
    List<String> onDisk();

    /** Fine-tuning, if the server does it and the visitor may. */
    Optional<TrainingDesk> training();

    /** Makes a question ready to be answered; nothing is computed before its answer is read. */
    PendingAnswer ask(ChatQuestion question);
}
