package dev.lora4j.model;

/** Says which values a module is to have in a view of a model. */
@FunctionalInterface
public interface ModuleChange {
    /** Other values for this module, or {@link ModuleValues#of its own} where it stays as it is. */
    ModuleValues apply(AdaptableModule module);
}
