package dev.lora4j.lora;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

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

    private static final Targets NOTHING = new Targets.Expression(Pattern.compile("(?!)"));

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
        Targets targets = config.orUsual(usual).targets().orElse(NOTHING);
        Set<String> adapted = new LinkedHashSet<>();
        Set<String> saved = new LinkedHashSet<>();
        List<String> adaptable = paths.adaptable();
        Collection<String> candidates = targets instanceof Targets.AllLinear ? paths.linears() : Set.copyOf(adaptable);
        for (String path : paths.all()) {
            if (paths.parameters().contains(path)) {
                requireNotSaved(config, path);
                if (config.targetParameters().stream().anyMatch(name -> Targets.Suffixes.matches(path, name))) {
                    adapted.add(path);
                }
                continue;
            }
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
        for (String name : config.targetParameters()) {
            requireFound(
                    "target parameter",
                    name,
                    all.parameters(),
                    all.parameters().stream().anyMatch(path -> Targets.Suffixes.matches(path, name)));
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
            requireNotAllSaved(config, targets, paths);
            throw new AdapterException(
                    "the targets match no linear layer, embedding or convolution that is left after exclusions and layers;"
                            + " the model has " + String.join(", ", lastParts(paths)));
        }
    }

    private static void requireNotSaved(LoraConfig config, String parameter) {
        for (String name : config.modulesToSave()) {
            if (isSaved(parameter, name)) {
                throw new AdapterException("module to save \"" + name + "\" has the experts " + parameter
                        + " in it, which are not trained whole here; name them as target parameters instead");
            }
        }
    }

    /** PEFT leaves a module to modules_to_save where the targets name it too. */
    private static void requireNotAllSaved(LoraConfig config, Targets targets, List<String> paths) {
        List<String> matched = paths.stream().filter(targets::match).toList();
        for (String path : matched) {
            for (String name : config.modulesToSave()) {
                if (matched.size() == 1 && isSaved(path, name)) {
                    throw new AdapterException("the targets match only \"" + path + "\", which is trained whole, as \""
                            + name + "\" of modules_to_save says; nothing is left for a low-rank pair, choose other"
                            + " targets");
                }
            }
        }
    }

    private static void requireFound(String what, String name, Collection<String> paths, boolean found) {
        if (!found) {
            throw new AdapterException(
                    what + " \"" + name + "\" matches no linear layer, embedding or convolution of the model"
                            + NearestNames.hint(name, paths));
        }
    }

    private static List<String> lastParts(Collection<String> paths) {
        return paths.stream().map(NearestNames::lastPart).distinct().toList();
    }
}
