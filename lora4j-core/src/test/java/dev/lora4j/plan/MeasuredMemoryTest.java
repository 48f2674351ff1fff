package dev.lora4j.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lora4j.data.Dataset;
import dev.lora4j.data.Example;
import dev.lora4j.data.RowOrigin;
import dev.lora4j.formats.ModelFiles;
import dev.lora4j.formats.safetensors.HuggingFaceFolder;
import dev.lora4j.lora.Adapter;
import dev.lora4j.lora.LoraConfig;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.model.ModelTask;
import dev.lora4j.model.WeightFormat;
import dev.lora4j.tensor.Device;
import dev.lora4j.training.Trainer;
import dev.lora4j.training.TrainingConfig;
import dev.lora4j.training.TrainingTask;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The plan's memory against the most that real processes had resident while they trained (VmHWM of Linux).
 *
 * <p>A process that trains next to nothing gives the plan's term for the JVM with libtorch; all else is the plan's own. The
 * plan's holes are left out, and the processes have none: how many glibc leaves differs from run to run and from processor to
 * processor by more than the tolerance (docs/commands/plan.md).
 */
class MeasuredMemoryTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final LoraConfig CONFIG = LoraConfig.rank(8);

    private static final double TOLERANCE = 0.1;

    @TempDir
    private static Path folder;

    private static long idle;
    private static Path decoder;
    private static Path encoder;

    @BeforeAll
    static void measureAnIdleProcess() throws IOException, InterruptedException {
        decoder = RandomModel.write(llama(512, 8, 1536, 8192), ModelTask.CAUSAL_LM, folder.resolve("decoder"));
        encoder = RandomModel.write(
                BuiltInShapes.config("minilm").orElseThrow(), ModelTask.SEQ_CLS, folder.resolve("encoder"));
        Path tiny = RandomModel.write(llama(32, 1, 64, 96), ModelTask.CAUSAL_LM, folder.resolve("tiny"));
        idle = peak(tiny, PlanMethod.LORA, WeightFormat.F32, SmallModels.batch(1, 8, false));
    }

    private static ObjectNode llama(int hidden, int layers, int intermediate, int vocabulary) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model_type", "llama")
                .put("hidden_size", hidden)
                .put("intermediate_size", intermediate)
                .put("num_hidden_layers", layers)
                .put("num_attention_heads", 8)
                .put("num_key_value_heads", 4)
                .put("vocab_size", vocabulary)
                .put("tie_word_embeddings", true);
    }

    @Test
    void loraOnADecoder() throws Exception {
        assertPlanned(decoder, PlanMethod.LORA, WeightFormat.F32, SmallModels.batch(4, 512, false));
    }

    @Test
    void loraOnABaseInFourBits() throws Exception {
        assertPlanned(decoder, PlanMethod.LORA, WeightFormat.NF4, SmallModels.batch(4, 512, false));
    }

    @Test
    void recomputedBlocksOfADecoder() throws Exception {
        assertPlanned(decoder, PlanMethod.LORA, WeightFormat.F32, SmallModels.batch(8, 512, true));
    }

    @Test
    void everyWeightOfADecoder() throws Exception {
        assertPlanned(decoder, PlanMethod.FULL, WeightFormat.F32, SmallModels.batch(4, 256, false));
    }

    @Test
    void aClassifierOverMiniLm() throws Exception {
        assertPlanned(encoder, PlanMethod.LORA, WeightFormat.F32, SmallModels.batch(32, 128, false));
    }

    private static void assertPlanned(Path model, PlanMethod method, WeightFormat weights, PlanSettings.Batch batch)
            throws IOException, InterruptedException {
        MemoryPlan plan = plan(model, method, weights, batch).withProcess(idle);
        long measured = peak(model, method, weights, batch);
        long planned = plan.total() - plan.holes();
        assertThat((double) planned)
                .as("planned without holes %,d: %s; measured %,d", planned, plan, measured)
                .isBetween(measured / (1 + TOLERANCE), measured * (1 + TOLERANCE));
        assertThat(measured - idle).as("a small part of it is the idle process").isGreaterThan(idle / 2);
    }

    private static MemoryPlan plan(Path model, PlanMethod method, WeightFormat weights, PlanSettings.Batch batch) {
        try (ModelFiles files = HuggingFaceFolder.open(model);
                LanguageModel outline = LanguageModel.outline(files, task(model))) {
            int outputs = task(model) == ModelTask.SEQ_CLS ? 2 : 0;
            PlanSettings settings =
                    new PlanSettings(method, CONFIG, outputs, batch, PlanOptimizer.ADAMW, weights, Float.BYTES, 1);
            return TrainingPlan.of(outline, settings, Optional.of(files)).memory();
        }
    }

    private static ModelTask task(Path model) {
        return model.endsWith("encoder") ? ModelTask.SEQ_CLS : ModelTask.CAUSAL_LM;
    }

    /** Most bytes that a process had resident which trained so. */
    private static long peak(Path model, PlanMethod method, WeightFormat weights, PlanSettings.Batch batch)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-D"))
                .toList());
        command.addAll(List.of("-Xms32m", "-Xmx1g", "-XX:+UseSerialGC", "-Dorg.bytedeco.javacpp.maxBytes=0"));
        command.addAll(List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-Dorg.bytedeco.javacpp.noPointerGC=true"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MeasuredMemoryTest.class.getName()));
        command.addAll(List.of(model.toString(), Boolean.toString(method.full()), weights.name()));
        command.addAll(List.of("" + batch.rows(), "" + batch.length(), "" + batch.recompute()));
        File result = Files.createTempFile(folder, "peak", ".txt").toFile();
        File errors = Files.createTempFile(folder, "errors", ".txt").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(result).redirectError(errors);
        builder.environment().put("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64"); // as the launcher has it
        builder.environment().put("LRU_CACHE_CAPACITY", "64");
        builder.environment().put("MALLOC_MMAP_THRESHOLD_", "131072"); // no holes: glibc's differ from run to run
        int exit = builder.start().waitFor();
        assertThat(exit).as(Files.readString(errors.toPath())).isZero();
        return Long.parseLong(Files.readString(result.toPath()).strip());
    }

    /** What the processes run: three steps, and the most memory so far. */
    public static void main(String[] args) throws IOException {
        Path path = Path.of(args[0]);
        PlanSettings.Batch batch =
                SmallModels.batch(Integer.parseInt(args[3]), Integer.parseInt(args[4]), Boolean.parseBoolean(args[5]));
        WeightFormat weights = WeightFormat.valueOf(args[2]);
        try (ModelFiles files = HuggingFaceFolder.open(path);
                LanguageModel model = LanguageModel.load(files, task(path), Device.CPU, weights);
                Adapter adapter = adapter(model, Boolean.parseBoolean(args[1]))) {
            TrainingConfig config = TrainingConfig.builder()
                    .batchSize(batch.rows())
                    .microBatchTokens(batch.microBatchTokens())
                    .recompute(batch.recompute())
                    .maxSteps(3)
                    .build();
            Trainer.of(model, TrainingTask.of("measured", adapter, rows(model, batch), config))
                    .train();
        }
        String peak = Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .findFirst()
                .orElseThrow()
                .replaceAll("\\D", "");
        new FileOutputStream(FileDescriptor.out)
                .write(Long.toString(Long.parseLong(peak) * 1024).getBytes(StandardCharsets.UTF_8));
    }

    private static Adapter adapter(LanguageModel model, boolean full) {
        if (full) {
            return Adapter.full(model);
        }
        return model.task() == ModelTask.SEQ_CLS
                ? Adapter.createClassifier(model, CONFIG, List.of("a", "b"), 1)
                : Adapter.create(model, CONFIG, 1);
    }

    private static Dataset rows(LanguageModel model, PlanSettings.Batch batch) {
        Random random = new Random(5);
        List<Example> rows = new ArrayList<>();
        for (int i = 0; i < batch.rows(); i++) {
            int[] tokens =
                    random.ints(batch.length(), 1, model.vocabularySize()).toArray();
            RowOrigin origin = new RowOrigin("random", i + 1L);
            BitSet trained = new BitSet();
            trained.set(1, tokens.length);
            rows.add(
                    model.task() == ModelTask.SEQ_CLS
                            ? Example.classification(tokens, new int[tokens.length], i % 2, origin)
                            : Example.causal(tokens, trained, origin));
        }
        return Dataset.of(rows);
    }
}
