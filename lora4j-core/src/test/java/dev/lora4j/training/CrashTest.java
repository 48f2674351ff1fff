package dev.lora4j.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lora4j.lora.Adapter;
import dev.lora4j.model.LanguageModel;
import dev.lora4j.tensor.Scope;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real processes that train and save at every step are killed at random instants and started again. */
class CrashTest {
    private static final int KILLS = 4;
    private static final int STEPS = 60;

    @ParameterizedTest
    @ValueSource(strings = {"all layers", "upper layer"})
    void aRunKilledAgainAndAgainEndsWithTheSameAdapter(String adapted, @TempDir Path folder) throws Exception {
        String expected = run(adapted, folder.resolve("whole"), Long.MAX_VALUE);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Path killed = folder.resolve("killed");
        int kills = 0;
        for (int i = 0; i < KILLS; i++) {
            kills += run(adapted, killed, 1500 + random.nextInt(2500)).isEmpty() ? 1 : 0;
        }
        assertThat(run(adapted, killed, Long.MAX_VALUE))
                .as("seed %d, %d kills", seed, kills)
                .isEqualTo(expected);
        assertThat(killed.resolve(PrefixPlan.FILE)).doesNotExist();
    }

    /** The digest that the process prints at its end, or nothing if it was killed before. */
    private static String run(String adapted, Path output, long killAfterMillis)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-D") || argument.startsWith("-Xmx"))
                .toList());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CrashTest.class.getName()));
        command.addAll(List.of(output.toString(), adapted));
        File result = Files.createTempFile("digest", ".txt").toFile();
        Process process = new ProcessBuilder(command)
                .redirectOutput(result)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!process.waitFor(killAfterMillis, TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
        String printed = Files.readString(result.toPath()).strip();
        Files.delete(result.toPath());
        return printed;
    }

    /** What the processes run. */
    public static void main(String[] args) throws IOException {
        try (Scope scope = Scope.open();
                LanguageModel model = TinyRun.model();
                Adapter adapter = args[1].equals("all layers")
                        ? TinyRun.adapter(model, 0.2, 3)
                        : TinyRun.upperAdapter(model, 0.2, 3)) {
            TrainingConfig config =
                    TinyRun.config().maxSteps(STEPS).saveSteps(1).build();
            TrainingTask task = TrainingTask.of("run", adapter, TinyRun.rows(13, 4), config)
                    .savedTo(Path.of(args[0]))
                    .resumed();
            Trainer.of(model, task).train();
            new java.io.FileOutputStream(java.io.FileDescriptor.out)
                    .write(adapter.digest().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
