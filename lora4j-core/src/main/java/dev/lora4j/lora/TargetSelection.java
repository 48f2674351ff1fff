package dev.lora4j.lora;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which modules of a model get a low-rank pair and which are trained whole (PEFT's {@code check_target_module_exists}).
 *
 * <p>In PEFT an entry that matches nothing is silently ignored; here it is an error with the nearest names.
 *
 * @param adapted paths in the model's order
 * @param saved paths in the model's order
 */
public record TargetSelection(List<String> adapted, List<String> saved) {
    /** Heads that PEFT adds for classification whether the model has them or not. */
    static final List<String> AUTOMATIC_HEADS = List.of("classifier", "score");

    /** Copies the lists. */
    public TargetSelection {
        adapted = List.copyOf(adapted);
        saved = List.copyOf(saved);
    }

    /**
     * Selects.
     *
     * @param paths of all modules
     * @param usual the family's targets when the configuration names none
     */
    static TargetSelection of(LoraConfig config, ModulePaths paths, Targets usual) {
        Targets targets = config.targets().orElse(usual);
        Set<String> adapted = new LinkedHashSet<>();
        Set<String> saved = new LinkedHashSet<>();
        List<String> adaptable = paths.adaptable();
        Collection<String> candidates = targets instanceof Targets.AllLinear ? paths.linears() : Set.copyOf(adaptable);
        for (String path : paths.all()) {
            if (config.excluded().filter(excluded -> excluded.match(path)).isPresent()) {
                continue;
            }
            if (config.modulesToSave().stream().anyMatch(name -> isSaved(path, name))) {
                saved.add(path);
            } else if (candidates.contains(path) && targets.match(path) && isInLayers(config, targets, path)) {
                adapted.add(path);
            }
        }
        requireAllFound(config, targets, paths, adaptable, adapted);
        ModulePatterns.requireUnambiguous("rank_pattern", config.rankPattern(), adapted);
        ModulePatterns.requireUnambiguous("alpha_pattern", config.alphaPattern(), adapted);
        return new TargetSelection(List.copyOf(adapted), List.copyOf(saved));
    }

    /** True if the module or one around it ends in the name, as in PEFT without regard to where a word begins. */
    /**
     * True if the module, or one around it, has a path that ends with the name.
     *
     * <p>PEFT's {@code _set_trainable} asks for no dot before the name: {@code classifier} means DistilBERT's
     * {@code pre_classifier} as well.
     */
    static boolean isSaved(String path, String name) {
        for (String around = path; ; around = around.substring(0, around.lastIndexOf('.'))) {
            if (around.endsWith(name)) {
                return true;
            }
            if (around.indexOf('.') < 0) {
                return false;
            }
        }
    }

    /** The layers only filter matches by suffix, as in PEFT: a whole path is meant as it stands. */
    private static boolean isInLayers(LoraConfig config, Targets targets, String path) {
        boolean exact =
                targets instanceof Targets.Suffixes suffixes && suffixes.names().contains(path);
        return exact || config.layers().match(path);
    }

    private static void requireAllFound(
            LoraConfig config, Targets targets, ModulePaths all, List<String> paths, Set<String> adapted) {
        if (targets instanceof Targets.Suffixes suffixes) {
            for (String name : suffixes.names()) {
                requireFound(
                        "target", name, paths, paths.stream().anyMatch(path -> Targets.Suffixes.matches(path, name)));
            }
        }
        if (config.excluded().orElse(null) instanceof Targets.Suffixes suffixes) {
            for (String name : suffixes.names()) {
                requireFound(
                        "excluded module",
                        name,
                        paths,
                        paths.stream().anyMatch(path -> Targets.Suffixes.matches(path, name)));
            }
        }
        for (String name : config.modulesToSave()) {
            boolean automatic = AUTOMATIC_HEADS.contains(name);
            requireFound(
                    "module to save",
                    name,
                    all.all(),
                    automatic || all.all().stream().anyMatch(path -> isSaved(path, name)));
        }
        if (adapted.isEmpty()) {
            throw new AdapterException(
                    "the targets match no linear layer or embedding that is left after exclusions and layers;"
                            + " the model has " + String.join(", ", lastParts(paths)));
        }
    }

    private static void requireFound(String what, String name, Collection<String> paths, boolean found) {
        if (!found) {
            throw new AdapterException(what + " \"" + name + "\" matches no linear layer or embedding of the model"
                    + NearestNames.hint(name, paths));
        }
    }

    private static List<String> lastParts(Collection<String> paths) {
        return paths.stream().map(NearestNames::lastPart).distinct().toList();
    }
}
