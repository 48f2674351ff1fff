package dev.lora4j.server.web;

import java.util.List;

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

    /** Makes a question ready to be answered; nothing is computed before its answer is read. */
    PendingAnswer ask(ChatQuestion question);
}
