package dev.lora4j.lora;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a LoRA adapter looks like: PEFT's {@code LoraConfig}, under the same names and defaults.
 *
 * <pre>{@code LoraConfig.rank(8).alpha(16).targets("q_proj", "v_proj")}</pre>
 *
 * <p>Immutable; each method gives a changed copy.
 */
public final class LoraConfig {
    private static final int LARGEST_RANK = 1 << 16;

    private final int rank;
    private final double alpha;
    private final double dropout;
    private final Optional<Targets> targets;
    private final Optional<Targets> excluded;
    private final LayerFilter layers;
    private final boolean rankStabilized;
    private final List<String> modulesToSave;
    private final Initialization initialization;
    private final Map<String, Integer> rankPattern;
    private final Map<String, Double> alphaPattern;
    private final BiasMode bias;
    private final boolean loraBias;
    private final boolean dora;
    private final Map<String, List<String>> fusedParts;
    private final List<String> targetParameters;

    private LoraConfig(Draft draft) {
        this.rank = draft.rank;
        this.alpha = draft.alpha;
        this.dropout = draft.dropout;
        this.targets = draft.targets;
        this.excluded = draft.excluded;
        this.layers = draft.layers;
        this.rankStabilized = draft.rankStabilized;
        this.modulesToSave = List.copyOf(draft.modulesToSave);
        this.initialization = draft.initialization;
        this.rankPattern = new LinkedHashMap<>(draft.rankPattern);
        this.alphaPattern = new LinkedHashMap<>(draft.alphaPattern);
        this.bias = draft.bias;
        this.loraBias = draft.loraBias;
        this.dora = draft.dora;
        this.fusedParts = new LinkedHashMap<>(draft.fusedParts);
        this.targetParameters = List.copyOf(draft.targetParameters);
        requireRank(rank);
        requireAlpha(alpha);
        if (!(dropout >= 0 && dropout < 1)) {
            throw new AdapterException("lora_dropout is " + dropout + "; expected 0 <= dropout < 1");
        }
        rankPattern.values().forEach(LoraConfig::requireRank);
        alphaPattern.values().forEach(LoraConfig::requireAlpha);
        if (loraBias && (dora || !initialization.isPlain())) {
            throw new AdapterException("lora_bias goes with neither use_dora nor init_lora_weights "
                    + initialization.peftName() + ", as in PEFT; leave one out");
        }
        fusedParts.forEach((module, parts) -> {
            if (parts.isEmpty() || Set.copyOf(parts).size() < parts.size()) {
                throw new AdapterException(
                        "fused parts of \"" + module + "\" are " + parts + "; expected one or more names, each once");
            }
        });
        boolean zeroB = initialization == Initialization.KAIMING || initialization == Initialization.GAUSSIAN;
        if (!fusedParts.isEmpty() && (dora || loraBias || !zeroB)) {
            throw new AdapterException("parts of a fused layer go with neither use_dora nor lora_bias nor"
                    + " init_lora_weights " + initialization.peftName() + ", which would change the other parts too");
        }
        if (!targetParameters.isEmpty() && (dora || loraBias || dropout > 0 || !zeroB)) {
            throw new AdapterException("target_parameters go with neither use_dora nor lora_bias nor lora_dropout nor"
                    + " init_lora_weights " + initialization.peftName() + ", as in PEFT; leave one out");
        }
        if (dora && initialization.changesBase()) {
            throw new AdapterException("use_dora does not go with init_lora_weights " + initialization.peftName()
                    + ": the magnitude is that of the whole weight; leave one out");
        }
    }

    private static void requireRank(int rank) {
        if (rank <= 0 || rank > LARGEST_RANK) {
            throw new AdapterException("r is " + rank + "; expected a rank from 1 to " + LARGEST_RANK);
        }
    }

    private static void requireAlpha(double alpha) {
        if (!Double.isFinite(alpha) || alpha == 0) {
            throw new AdapterException("lora_alpha is " + alpha + "; expected a finite number other than 0");
        }
    }

    /** The values while they are being collected. */
    private static final class Draft {
        private int rank = 8;
        private double alpha = 8;
        private double dropout;
        private Optional<Targets> targets = Optional.empty();
        private Optional<Targets> excluded = Optional.empty();
        private LayerFilter layers = LayerFilter.ALL;
        private boolean rankStabilized;
        private List<String> modulesToSave = List.of();
        private Initialization initialization = Initialization.KAIMING;
        private Map<String, Integer> rankPattern = Map.of();
        private Map<String, Double> alphaPattern = Map.of();
        private BiasMode bias = BiasMode.NONE;
        private boolean loraBias;
        private boolean dora;
        private Map<String, List<String>> fusedParts = Map.of();
        private List<String> targetParameters = List.of();
    }

    private interface Change {
        void apply(Draft draft);
    }

    private LoraConfig with(Change change) {
        Draft draft = new Draft();
        draft.rank = rank;
        draft.alpha = alpha;
        draft.dropout = dropout;
        draft.targets = targets;
        draft.excluded = excluded;
        draft.layers = layers;
        draft.rankStabilized = rankStabilized;
        draft.modulesToSave = modulesToSave;
        draft.initialization = initialization;
        draft.rankPattern = rankPattern;
        draft.alphaPattern = alphaPattern;
        draft.bias = bias;
        draft.loraBias = loraBias;
        draft.dora = dora;
        draft.fusedParts = fusedParts;
        draft.targetParameters = targetParameters;
        change.apply(draft);
        return new LoraConfig(draft);
    }

    /** PEFT's defaults: r 8, alpha 8, no dropout, the family's usual targets. */
    public static LoraConfig defaults() {
        return new LoraConfig(new Draft());
    }

    /** The defaults with this rank. */
    public static LoraConfig rank(int rank) {
        return defaults().with(draft -> draft.rank = rank);
    }

    /** Another rank where no pattern says otherwise. */
    public LoraConfig withRank(int value) {
        return with(draft -> draft.rank = value);
    }

    /** α of the scaling α/r. */
    public LoraConfig alpha(double value) {
        return with(draft -> draft.alpha = value);
    }

    /** Probability of dropping a value of A's input in training. */
    public LoraConfig dropout(double value) {
        return with(draft -> draft.dropout = value);
    }

    /** Modules by name or by the end of their path. */
    public LoraConfig targets(String... names) {
        return targets(Targets.named(names));
    }

    /** Modules in any of PEFT's forms. */
    public LoraConfig targets(Targets value) {
        return with(draft -> draft.targets = Optional.of(value));
    }

    /** Modules to leave out although they are targets. */
    public LoraConfig excluding(Targets value) {
        return with(draft -> draft.excluded = Optional.of(value));
    }

    /** Only these layers of the stack. */
    public LoraConfig layers(LayerFilter value) {
        return with(draft -> draft.layers = value);
    }

    /** Scaling α/√r instead of α/r (rsLoRA, arXiv 2312.03732). */
    public LoraConfig rankStabilized(boolean value) {
        return with(draft -> draft.rankStabilized = value);
    }

    /** Modules that are trained whole and saved beside the low-rank pairs, such as a classifier. */
    public LoraConfig modulesToSave(List<String> names) {
        return with(draft -> draft.modulesToSave = names);
    }

    /** How A and B begin. */
    public LoraConfig initialization(Initialization value) {
        return with(draft -> draft.initialization = value);
    }

    /** Other ranks for some modules, by PEFT's patterns, in order of precedence. */
    public LoraConfig rankPattern(Map<String, Integer> pattern) {
        return with(draft -> draft.rankPattern = pattern);
    }

    /** Other α for some modules, by PEFT's patterns, in order of precedence. */
    public LoraConfig alphaPattern(Map<String, Double> pattern) {
        return with(draft -> draft.alphaPattern = pattern);
    }

    /** Which biases of the base are trained beside the pairs. */
    public LoraConfig bias(BiasMode value) {
        return with(draft -> draft.bias = value);
    }

    /** Whether B has a bias of its own (PEFT's {@code lora_bias}). */
    public LoraConfig loraBias(boolean value) {
        return with(draft -> draft.loraBias = value);
    }

    /** Whether magnitude and direction are trained apart (DoRA, arXiv 2402.09353). */
    public LoraConfig dora(boolean value) {
        return with(draft -> draft.dora = value);
    }

    /**
     * Only these parts of a fused layer, each with a pair of its own of rank r (loralib's {@code enable_lora}).
     *
     * @param module name or end of path of a target, such as {@code c_attn}
     * @param parts such as {@code q} and {@code v}
     */
    public LoraConfig fusedParts(String module, String... parts) {
        Map<String, List<String>> all = fusedParts();
        all.put(module, List.of(parts));
        return fusedParts(all);
    }

    LoraConfig fusedParts(Map<String, List<String>> value) {
        return with(draft -> draft.fusedParts = value);
    }

    /** Parameters that are no layers, by name or end of path, such as {@code experts.down_proj}: a pair per expert. */
    public LoraConfig targetParameters(List<String> names) {
        return with(draft -> draft.targetParameters = names);
    }

    /** This, with these targets where neither modules nor parameters are named. */
    LoraConfig orUsual(Targets usual) {
        return targets.isPresent() || !targetParameters.isEmpty() ? this : targets(usual);
    }

    /** Rank r where no pattern says otherwise. */
    public int rank() {
        return rank;
    }

    /** α where no pattern says otherwise. */
    public double alpha() {
        return alpha;
    }

    /** Probability of dropping a value of A's input in training. */
    public double dropout() {
        return dropout;
    }

    /** The targets; empty for the family's usual ones. */
    public Optional<Targets> targets() {
        return targets;
    }

    /** The modules left out. */
    public Optional<Targets> excluded() {
        return excluded;
    }

    /** The layers meant. */
    public LayerFilter layers() {
        return layers;
    }

    /** Whether the scaling is α/√r. */
    public boolean isRankStabilized() {
        return rankStabilized;
    }

    /** The modules trained whole. */
    public List<String> modulesToSave() {
        return modulesToSave;
    }

    /** How A and B begin. */
    public Initialization initialization() {
        return initialization;
    }

    /** Ranks by pattern, in order. */
    public Map<String, Integer> rankPattern() {
        return new LinkedHashMap<>(rankPattern);
    }

    /** α by pattern, in order. */
    public Map<String, Double> alphaPattern() {
        return new LinkedHashMap<>(alphaPattern);
    }

    /** Which biases of the base are trained beside the pairs. */
    public BiasMode bias() {
        return bias;
    }

    /** Whether B has a bias of its own. */
    public boolean hasLoraBias() {
        return loraBias;
    }

    /** Whether magnitude and direction are trained apart. */
    public boolean isDora() {
        return dora;
    }

    /** Parameters that get a pair for each expert. */
    public List<String> targetParameters() {
        return targetParameters;
    }

    /** Parts of fused layers that are adapted each on its own, by name or end of the layer's path. */
    public Map<String, List<String>> fusedParts() {
        return new LinkedHashMap<>(fusedParts);
    }

    /** The parts adapted at a module; empty if it is adapted as one. */
    List<String> partsAt(String path) {
        return fusedParts.entrySet().stream()
                .filter(entry -> Targets.Suffixes.matches(path, entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(List.of());
    }

    /** The rank at a module, of all parts together where they are adapted each on its own. */
    public int rankAt(String path) {
        return rankOfPart(path) * Math.max(1, partsAt(path).size());
    }

    private int rankOfPart(String path) {
        return ModulePatterns.find(rankPattern, path).orElse(rank);
    }

    /** The scaling at a module: α/r, or α/√r. */
    public double scalingAt(String path) {
        int rankHere = rankOfPart(path);
        double alphaHere = ModulePatterns.find(alphaPattern, path).orElse(alpha);
        return rankStabilized ? alphaHere / Math.sqrt(rankHere) : alphaHere / rankHere;
    }
}
